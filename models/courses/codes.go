package courses

import "slices"

// Task is one of the seven education tasks.
type Task string

// The seven education tasks of the training regulations.
const (
	Theory     Task = "theory"     // 政治理论
	Training   Task = "training"   // 政治教育和政治训练
	Discipline Task = "discipline" // 党章党规党纪
	Purpose    Task = "purpose"    // 党的宗旨
	Tradition  Task = "tradition"  // 革命传统
	Policy     Task = "policy"     // 形势政策
	Skills     Task = "skills"     // 知识技能
)

// Tasks lists the tasks in the regulations' order.
var Tasks = []Task{Theory, Training, Discipline, Purpose, Tradition, Policy, Skills}

// Known reports one of [Tasks].
func (t Task) Known() bool { return slices.Contains(Tasks, t) }

// Key is the catalogue key of the task's name.
func (t Task) Key() string { return "courses.task_" + string(t) }

// Medium is how a lesson is taught.
type Medium string

// The media of a lesson.
const (
	Video     Medium = "video"     // a file kept here, see models/videos
	Disc      Medium = "disc"      // 光盘
	USB       Medium = "usb"       // 优盘
	Broadcast Medium = "broadcast" // 广播
	Document  Medium = "document"  // 文字材料
	Talk      Medium = "talk"      // a lecturer comes
)

// Media lists the media in the order of forms.
var Media = []Medium{Video, Disc, USB, Broadcast, Document, Talk}

// Known reports one of [Media].
func (m Medium) Known() bool { return slices.Contains(Media, m) }

// Key is the catalogue key of the medium's name.
func (m Medium) Key() string { return "courses.medium_" + string(m) }

// Language is what a lesson is spoken in.
type Language string

// The languages spoken in the county's villages.
const (
	Mandarin Language = "mandarin" // 普通话
	Dialect  Language = "dialect"  // 本地汉话
	Yi       Language = "yi"
	Bai      Language = "bai"
	Miao     Language = "miao"
	Dai      Language = "dai"
	Lisu     Language = "lisu"
	Other    Language = "other"
)

// Languages lists the languages in the order of forms.
var Languages = []Language{Mandarin, Dialect, Yi, Bai, Miao, Dai, Lisu, Other}

// Known reports one of [Languages].
func (l Language) Known() bool { return slices.Contains(Languages, l) }

// Key is the catalogue key of the language's name.
func (l Language) Key() string { return "courses.language_" + string(l) }
