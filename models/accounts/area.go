package accounts

// Area holds the key that one-time codes are hashed with, and bounds how many
// passwords are hashed at once.
type Area struct {
	key   []byte
	slots chan struct{}
}

// hashesAtOnce bounds the memory of hashing, 19 MiB each, and leaves a core to the pages.
const hashesAtOnce = 2

// New makes the area, one for a process; key is a subkey of the installation's secret, 32 bytes.
func New(key []byte) *Area { return &Area{key: key, slots: make(chan struct{}, hashesAtOnce)} }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any {
	return []any{accountRow{}, grantRow{}, signInRow{}, failureRow{}, codeRow{}}
}
