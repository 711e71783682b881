package accounts

// Area holds the key that one-time codes are hashed with.
type Area struct{ key []byte }

// New makes the area; key is a subkey of the installation's secret, 32 bytes.
func New(key []byte) *Area { return &Area{key: key} }
