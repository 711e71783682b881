package access

// Role is what a person is trusted with on a unit and everything below it.
type Role string

// The roles named so far. Public is nobody in particular: every visitor has it.
const (
	County    Role = "county"    // 县委组织部: sees and steers the whole
	Auditor   Role = "auditor"   // 巡察、考核: sees the whole, changes nothing
	Township  Role = "township"  // 乡镇党委 干事: publishes, plans, checks
	Village   Role = "village"   // 村级录入员: enters for the village's schools
	Secretary Role = "secretary" // 支部书记: the party tree's view of his branch
	Host      Role = "host"      // 户主: teaches and logs at his school
	Head      Role = "head"      // 校长: as the host, where they are two people
	Lecturer  Role = "lecturer"  // 讲师: writes courses
	Trainee   Role = "trainee"   // 党员、群众: learns
	Public    Role = "public"    // no sign-in
)

// Roles lists the roles that can be granted, in the order of the table below.
var Roles = []Role{County, Auditor, Township, Village, Secretary, Host, Head, Lecturer, Trainee}

// Permission names one thing that can be done: "area.verb".
type Permission string

// The permissions. What each covers is said by the op that requires it.
const (
	OrgSee       Permission = "org.see"
	OrgEdit      Permission = "org.edit"
	SitesLicense Permission = "sites.license"

	PeopleSee   Permission = "people.see"
	PeopleNames Permission = "people.names" // names only, not standing: the roll
	PeopleEdit  Permission = "people.edit"

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

	CoursesSee    Permission = "courses.see" // drafts too
	CoursesEdit   Permission = "courses.edit"
	CoursesReview Permission = "courses.review"
	LessonsStudy  Permission = "lessons.study" // what is published to one's school

	CurriculaSee     Permission = "curricula.see"
	CurriculaPublish Permission = "curricula.publish"

	SessionsSee    Permission = "sessions.see"
	SessionsSubmit Permission = "sessions.submit"

	ProgressSee Permission = "progress.see"
	ProgressOwn Permission = "progress.own"

	ReportsSee    Permission = "reports.see"
	ReportsExport Permission = "reports.export"

	FeedbackSend   Permission = "feedback.send"
	FeedbackAnswer Permission = "feedback.answer"
	NoticesRead    Permission = "notices.read"
	NoticesPublish Permission = "notices.publish"
	PublicRead     Permission = "public.read"
)

// rule is a row of the matrix: who may, and which permission shows the object
// (an actor with that one but not this gets "forbidden" rather than "not found").
type rule struct {
	see   Permission
	roles []Role
}

func may(see Permission, roles ...Role) rule { return rule{see: see, roles: roles} }

// everyone who signs in, and everyone at all.
var (
	signedIn = []Role{County, Auditor, Township, Village, Secretary, Host, Head, Lecturer, Trainee}
	anyone   = append([]Role{Public}, signedIn...)
)

// matrix is the whole of who may do what; a grant narrows it to a subtree.
var matrix = map[Permission]rule{
	OrgSee:       may(OrgSee, County, Auditor, Township, Village, Secretary, Host, Head, Lecturer, Trainee),
	OrgEdit:      may(OrgSee, County, Township),
	SitesLicense: may(OrgSee, County, Township),

	PeopleSee:   may(PeopleSee, County, Auditor, Township, Village, Secretary),
	PeopleNames: may(PeopleNames, County, Auditor, Township, Village, Secretary, Host, Head),
	PeopleEdit:  may(PeopleNames, County, Township, Village),

	AccountsSee:    may(AccountsSee, County, Auditor, Township, Village),
	AccountsManage: may(AccountsSee, County, Township, Village),
	AuditSee:       may(AuditSee, County, Auditor),
	SettingsEdit:   may(OrgSee, County),
	JobsSee:        may(JobsSee, County, Auditor),
	JobsRun:        may(JobsSee, County),

	CalendarSee:      may(CalendarSee, County, Auditor, Township, Village, Secretary, Host, Head, Lecturer, Trainee),
	CalendarRule:     may(CalendarSee, County, Township),
	CalendarMove:     may(CalendarSee, County, Township, Village, Host, Head),
	CalendarHolidays: may(CalendarSee, County),
	CalendarPlan:     may(CalendarSee, County, Township),

	CoursesSee:    may(CoursesSee, County, Auditor, Township, Lecturer),
	CoursesEdit:   may(CoursesSee, County, Township, Lecturer),
	CoursesReview: may(CoursesSee, County, Township),
	LessonsStudy:  may(LessonsStudy, County, Auditor, Township, Village, Host, Head, Lecturer, Trainee),

	CurriculaSee:     may(CurriculaSee, County, Auditor, Township, Village, Host, Head, Lecturer, Trainee),
	CurriculaPublish: may(CurriculaSee, County, Township),

	SessionsSee:    may(SessionsSee, County, Auditor, Township, Village, Secretary, Host, Head),
	SessionsSubmit: may(SessionsSee, Village, Host, Head),

	ProgressSee: may(ProgressSee, County, Auditor, Township, Village, Secretary),
	ProgressOwn: may(ProgressOwn, signedIn...),

	ReportsSee:    may(ReportsSee, County, Auditor, Township, Village),
	ReportsExport: may(ReportsSee, County, Auditor, Township),

	FeedbackSend:   may(FeedbackSend, anyone...),
	FeedbackAnswer: may(NoticesRead, County),
	NoticesRead:    may(NoticesRead, anyone...),
	NoticesPublish: may(NoticesRead, County, Township),
	PublicRead:     may(PublicRead, anyone...),
}

// anywhere lists the permissions that are not about a unit: having the role at all is enough.
var anywhere = map[Permission]bool{
	FeedbackSend: true, NoticesRead: true, PublicRead: true, ProgressOwn: true, FeedbackAnswer: true,
	JobsSee: true, JobsRun: true, CalendarHolidays: true,
}

// Allowed reports whether the matrix gives the role the permission, on whatever unit.
func Allowed(r Role, p Permission) bool {
	for _, have := range matrix[p].roles {
		if have == r {
			return true
		}
	}
	return false
}

// Permissions lists every permission of the matrix, unordered.
func Permissions() []Permission {
	ps := make([]Permission, 0, len(matrix))
	for p := range matrix {
		ps = append(ps, p)
	}
	return ps
}
