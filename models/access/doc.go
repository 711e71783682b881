// Package access keeps who may do what in one table:
//
// # Who may do what
//
// Written from matrix.go by TestDocumentation; a test holds it to that. Each grant narrows its role to a unit and all below.
// The roles, by the number of their column:
//
//	 1 county         County committee
//	 2 auditor        Auditor
//	 3 township_admin Township admin
//	 4 township       Township clerk
//	 5 village        Village clerk
//	 6 secretary      Branch secretary
//	 7 group_leader   Group leader
//	 8 host           Host
//	 9 head           Head
//	10 resident       Resident team
//	11 lecturer       Lecturer
//	12 cadre          Duty cadre
//	13 delegate       Delegate
//	14 trainee        Trainee
//	15 public         Visitor
//
// An x is a yes; what is about no unit is marked “anywhere”.
//
//	                        1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//	org.see                 x  x  x  x  x  x  x  x  x  x  x  x  x  x  ·  see schools and units (offices: below their committee, too)
//	org.edit                x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  add and change units (offices: below their committee, too)
//	sites.license           x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  license, suspend and revoke schools
//	sites.equip             x  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  keep what a school has to work with, and its network
//	people.see              x  x  x  x  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  see people’s standing, branch and year of birth
//	people.names            x  x  x  x  x  x  x  x  x  x  ·  ·  ·  ·  ·  see people’s names
//	people.edit             x  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  add and change people, keep the schools’ rosters
//	people.phone            x  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  see whole telephone numbers in order to call; each look is recorded
//	people.merge            x  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  join two records of one person
//	people.note_away        ·  ·  ·  ·  x  ·  ·  x  x  x  ·  ·  ·  ·  ·  say that somebody is away or gone, for the village to confirm
//	accounts.see            x  x  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  see who has an account and which role
//	accounts.manage         x  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  make accounts, give and end roles, reset passwords face to face
//	audit.see               x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  look up who did what and when
//	settings.edit           x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  change the county’s rules
//	jobs.see                x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  see what the system does by itself (anywhere)
//	jobs.run                x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  have the system do it now (anywhere)
//	calendar.see            x  x  x  x  x  x  x  x  x  x  x  x  x  x  ·  see activity days and exchange weeks
//	calendar.rule           x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  set the rule of activity days
//	calendar.move           x  ·  x  x  x  ·  ·  x  x  ·  ·  ·  ·  ·  ·  move a school’s activity day, say that none was held
//	calendar.holidays       x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  enter the county’s holidays (anywhere)
//	calendar.plan           x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  plan activity days by the rule
//	calendar.cancel         x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  agree to an activity day being called off
//	calendar.period         x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  set until when a month is on time and when it is sealed
//	courses.see             x  x  x  x  ·  ·  ·  ·  ·  ·  x  ·  ·  ·  ·  see courses, those not reviewed too
//	courses.edit            x  ·  x  x  ·  ·  ·  ·  ·  ·  x  ·  ·  ·  ·  write courses, upload videos
//	courses.review          x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  review lessons
//	lessons.study           x  x  x  x  x  ·  ·  x  x  x  x  ·  ·  x  ·  study what is published to one’s school
//	curricula.see           x  x  x  x  x  ·  ·  x  x  x  x  ·  ·  x  ·  see study plans
//	curricula.publish       x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  write study plans and publish them to schools
//	sessions.see            x  x  x  x  x  x  x  x  x  x  ·  ·  ·  ·  ·  see records of sessions, and how many came
//	sessions.marks          x  x  x  x  x  x  x  x  x  ·  ·  ·  ·  ·  ·  see who came and who did not
//	sessions.submit         ·  ·  ·  ·  x  ·  ·  x  x  ·  ·  ·  ·  ·  ·  call the roll, hand it in, correct it
//	sessions.approve        ·  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  agree to changes of closed rolls, let late ones in
//	sessions.relay          ·  ·  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  hand in the roll of a phone that cannot
//	questions.see           ·  ·  x  x  x  ·  ·  x  x  ·  ·  ·  ·  ·  ·  see what a roll is asked about
//	absences.see            ·  ·  ·  ·  ·  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  see how often the members of a branch came or did not
//	progress.see            x  x  x  x  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  see what others have studied
//	progress.own            x  x  x  x  x  x  x  x  x  x  x  x  x  x  ·  see what oneself has studied (anywhere)
//	reports.see             x  x  x  x  x  ·  ·  ·  ·  x  ·  ·  ·  ·  ·  see the figures
//	reports.export          x  x  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  export and print the figures
//	privacy.erase           x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  erase a person, or take the name away
//	privacy.consent_paper   ·  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  tick a school’s signed notice
//	privacy.decide          x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  decide what people ask to be corrected
//	feedback.send           x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  give feedback (anywhere)
//	feedback.answer         x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  answer feedback (anywhere)
//	notices.read            x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  read notices (anywhere)
//	notices.publish         x  ·  x  x  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  publish notices
//	public.read             x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  see the public page and public courses (anywhere)
package access
