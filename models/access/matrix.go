package access

import "slices"

// Role is what a person is trusted with on a unit and everything below it.
type Role string

// The roles. Public is nobody in particular: every visitor has it.
const (
	County        Role = "county"         // 县委组织部: sees and steers the whole
	Auditor       Role = "auditor"        // 巡察、考核: sees the whole, changes nothing
	TownshipAdmin Role = "township_admin" // 乡镇管理员: the clerk, and who else is one
	Township      Role = "township"       // 乡镇党委 干事: publishes, plans, checks
	Village       Role = "village"        // 村级录入员: enters and resets for the village's schools
	Secretary     Role = "secretary"      // 支部书记: the party tree's view of his branch
	GroupLeader   Role = "group_leader"   // 党小组长: the same of his group
	Host          Role = "host"           // 户主: teaches and logs at his school
	Head          Role = "head"           // 校长: as the host, where they are two people
	Resident      Role = "resident"       // 驻村工作队: sent to a village for a time
	Lecturer      Role = "lecturer"       // 讲师、乡土人才: writes courses, sees where and when
	Cadre         Role = "cadre"          // 值班干部: has shifts at the service point
	Delegate      Role = "delegate"       // 代表: has reception days at the studio
	Trainee       Role = "trainee"        // 党员、群众: learns
	Public        Role = "public"         // no sign-in
)

// Roles lists the roles that can be granted, from the county to the trainee; where a list of roles is shown, it is
// shown so.
var Roles = []Role{
	County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee,
}

// TimeLimited lists the roles of people who are sent for a time: a grant of one ends on a day.
var TimeLimited = []Role{Resident}

// Permission names one thing that can be done: "area.verb".
type Permission string

// The permissions. What each covers is said by the op that requires it.
const (
	OrgSee       Permission = "org.see"
	OrgEdit      Permission = "org.edit"
	SitesLicense Permission = "sites.license"
	SitesEquip   Permission = "sites.equip" // what a school has to work with, and its network

	PeopleSee   Permission = "people.see"
	PeopleNames Permission = "people.names" // names only, not standing: the roll
	PeopleEdit  Permission = "people.edit"
	PeoplePhone Permission = "people.phone"     // whole numbers; each look is audited
	PeopleMerge Permission = "people.merge"     // two records of one person
	PeopleAway  Permission = "people.note_away" // that somebody is away or gone, for the village to confirm

	AccountsSee    Permission = "accounts.see"
	AccountsManage Permission = "accounts.manage"
	AuditSee       Permission = "audit.see"
	SettingsEdit   Permission = "settings.edit"
	JobsSee        Permission = "jobs.see"
	JobsRun        Permission = "jobs.run"

	CalendarSee      Permission = "calendar.see"
	CalendarRule     Permission = "calendar.rule"
	CalendarMove     Permission = "calendar.move"
	CalendarHolidays Permission = "calendar.holidays"
	CalendarPlan     Permission = "calendar.plan"
	CalendarCancel   Permission = "calendar.cancel" // call a day off, or agree to it
	CalendarPeriod   Permission = "calendar.period" // until when a month may be handed in

	CoursesSee    Permission = "courses.see" // drafts too
	CoursesEdit   Permission = "courses.edit"
	CoursesReview Permission = "courses.review"
	LessonsStudy  Permission = "lessons.study" // what is published to one's school

	CurriculaSee     Permission = "curricula.see"
	CurriculaPublish Permission = "curricula.publish"

	SessionsSee     Permission = "sessions.see"
	SessionsMarks   Permission = "sessions.marks" // who came and who did not, by name
	SessionsSubmit  Permission = "sessions.submit"
	SessionsApprove Permission = "sessions.approve" // corrections of closed rolls, and rolls of sealed months
	SessionsRelay   Permission = "sessions.relay"   // hand in the roll of a phone that cannot (代传)
	QuestionsSee    Permission = "questions.see"    // 请核对: what looks odd in a roll, and is asked about
	AbsencesSee     Permission = "absences.see"     // facts about the absences of a branch's members

	ProgressSee Permission = "progress.see"
	ProgressOwn Permission = "progress.own"

	ReportsSee    Permission = "reports.see"
	ReportsExport Permission = "reports.export"

	PrivacyErase  Permission = "privacy.erase"         // a person, for good
	PrivacyPaper  Permission = "privacy.consent_paper" // tick a school's signed sheet
	PrivacyDecide Permission = "privacy.decide"        // what somebody wants corrected

	FeedbackSend   Permission = "feedback.send"
	FeedbackAnswer Permission = "feedback.answer"
	NoticesRead    Permission = "notices.read"
	NoticesPublish Permission = "notices.publish"
	PublicRead     Permission = "public.read"
)

// rule is a row of the matrix: what may be done, who may, and which permission shows the object
// (an actor with that one but not this gets "forbidden" rather than "not found").
type rule struct {
	do, see Permission
	roles   []Role
}

func may(do, see Permission, roles ...Role) rule { return rule{do, see, roles} }

// everyone who signs in, and everyone at all.
var (
	signedIn = Roles
	anyone   = append([]Role{Public}, signedIn...)
)

// table is the whole of who may do what; a grant narrows it to a subtree. The township's admin may all that its clerk
// may: in most townships they are one person, and what sets them apart is whom they may give a role (models/accounts).
// Host and head may the same, each under his own name: which of them holds the phone differs from house to house.
var table = []rule{
	may(OrgSee, OrgSee, signedIn...),
	may(OrgEdit, OrgSee, County, TownshipAdmin, Township),
	may(SitesLicense, OrgSee, County, TownshipAdmin, Township),        // the plaque is the township committee's to give
	may(SitesEquip, OrgSee, County, TownshipAdmin, Township, Village), // the village looks into the house

	// Standing is sensitive: it is for those who answer for it, and never for a neighbour. The resident team calls people
	// by their names and has no need of more.
	may(PeopleSee, PeopleSee, County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader),
	may(PeopleNames, PeopleNames, County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident),
	may(PeopleEdit, PeopleNames, County, TownshipAdmin, Township, Village),
	may(PeoplePhone, PeopleNames, County, TownshipAdmin, Township, Village), // those who call; not the auditor, who asks nobody
	may(PeopleMerge, PeopleNames, County, TownshipAdmin, Township, Village),
	may(PeopleAway, PeopleNames, Village, Host, Head, Resident), // those who see it with their own eyes

	may(AccountsSee, AccountsSee, County, Auditor, TownshipAdmin, Township, Village),
	may(AccountsManage, AccountsSee, County, TownshipAdmin, Township, Village), // which roles: models/accounts
	may(AuditSee, AuditSee, County, Auditor),
	may(SettingsEdit, OrgSee, County),
	may(JobsSee, JobsSee, County, Auditor),
	may(JobsRun, JobsSee, County),

	may(CalendarSee, CalendarSee, signedIn...),
	may(CalendarRule, CalendarSee, County, TownshipAdmin, Township),
	may(CalendarMove, CalendarSee, County, TownshipAdmin, Township, Village, Host, Head),
	may(CalendarHolidays, CalendarSee, County),
	may(CalendarPlan, CalendarSee, County, TownshipAdmin, Township),
	may(CalendarCancel, CalendarSee, County, TownshipAdmin, Township),
	may(CalendarPeriod, CalendarSee, County),

	may(CoursesSee, CoursesSee, County, Auditor, TownshipAdmin, Township, Lecturer),
	may(CoursesEdit, CoursesSee, County, TownshipAdmin, Township, Lecturer),
	may(CoursesReview, CoursesSee, County, TownshipAdmin, Township), // never the writer alone: models/courses
	may(LessonsStudy, LessonsStudy, County, Auditor, TownshipAdmin, Township, Village, Host, Head, Resident, Lecturer, Trainee),

	may(CurriculaSee, CurriculaSee, County, Auditor, TownshipAdmin, Township, Village, Host, Head, Resident, Lecturer, Trainee),
	may(CurriculaPublish, CurriculaSee, County, TownshipAdmin, Township),

	may(SessionsSee, SessionsSee, County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident),
	// A secretary and a group leader have this in the party's tree: of their own members, and of nobody else in the room.
	may(SessionsMarks, SessionsSee, County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head),
	may(SessionsSubmit, SessionsSee, Village, Host, Head), // who was there; offices read what was handed in
	may(SessionsApprove, SessionsSee, TownshipAdmin, Township),
	may(SessionsRelay, SessionsSee, TownshipAdmin, Township, Village),
	may(QuestionsSee, SessionsSee, TownshipAdmin, Township, Village, Host, Head), // and nobody above the township

	// A membership can hang on it: the branch decides, and nobody above it, beside it or in the house is shown the list.
	may(AbsencesSee, AbsencesSee, Secretary),

	may(ProgressSee, ProgressSee, County, Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader),
	may(ProgressOwn, ProgressOwn, signedIn...),

	may(ReportsSee, ReportsSee, County, Auditor, TownshipAdmin, Township, Village, Resident), // figures, no names
	may(ReportsExport, ReportsSee, County, Auditor, TownshipAdmin, Township),

	may(PrivacyErase, PeopleSee, County),
	may(PrivacyPaper, OrgSee, TownshipAdmin, Township),
	may(PrivacyDecide, PeopleSee, County, TownshipAdmin, Township),

	may(FeedbackSend, FeedbackSend, anyone...),
	may(FeedbackAnswer, NoticesRead, County), // lands at the county, past those it may be about
	may(NoticesRead, NoticesRead, anyone...),
	may(NoticesPublish, NoticesRead, County, TownshipAdmin, Township),
	may(PublicRead, PublicRead, anyone...),
}

// anywhere lists the permissions that are not about a unit: having the role at all is enough.
var anywhere = map[Permission]bool{
	FeedbackSend: true, NoticesRead: true, PublicRead: true, ProgressOwn: true, FeedbackAnswer: true,
	JobsSee: true, JobsRun: true, CalendarHolidays: true,
}

// branchwide lists what a group leader may in the whole branch that his group is of: the schools that the branch keeps, and
// when they meet. Of the people there he sees his group's.
var branchwide = map[Permission]bool{OrgSee: true, CalendarSee: true, SessionsSee: true}

// offices are the roles that the committee of a county or township gives, and committees lists what they may below that committee
// in the party's tree, too, without a grant there: its general branches, branches and groups. Whoever keeps a township's
// villages and schools keeps its branches, and could otherwise bring in no list of them. It is the bodies only: the members of
// a branch who live elsewhere are personal data of another township, and take a grant on the committee. A committee is the
// one with the code of its county or township, so that the paths differ in the tree alone.
var (
	offices    = []Role{County, TownshipAdmin, Township}
	committees = map[Permission]bool{OrgSee: true, OrgEdit: true}
)

// matrix is the table by permission.
var matrix = byPermission(table)

func byPermission(rules []rule) map[Permission]rule {
	m := make(map[Permission]rule, len(rules))
	for _, r := range rules {
		m[r.do] = r
	}
	return m
}

// Allowed reports whether the matrix gives the role the permission, on whatever unit.
func Allowed(r Role, p Permission) bool { return slices.Contains(matrix[p].roles, r) }

// RolesOf lists the roles that hold the permission, in the order of [Roles], Public last.
func RolesOf(p Permission) []Role {
	return slices.DeleteFunc(append(slices.Clone(Roles), Public), func(r Role) bool { return !Allowed(r, p) })
}

// Permissions lists every permission, in the order of the table.
func Permissions() []Permission {
	ps := make([]Permission, len(table))
	for i, r := range table {
		ps[i] = r.do
	}
	return ps
}
