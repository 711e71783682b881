// Package relay lets a clerk hand in the roll of a phone that cannot (请人代传): by a text that was sent by WeChat or SMS and is
// pasted, or by a file with the same text.
//
// # The text
//
// A line that people can read, a line break, and the code. Before and after the code anything may stand; white space and
// line breaks within it are left out (messengers break long words), and so are the zero-width characters that some of them add.
//
//	火塘代传 安石村家庭党校 2026-11-20 到18人
//	HT1.AXk3…
//
// The readable line is for the people who pass it on; the server does not read it. The code is "HT1." and the base64url, without
// padding, of
//
//	1 byte    format: 1 for a body compressed with zlib (RFC 1950; "deflate" of CompressionStream), 2 for one that is not compressed
//	8 bytes   key id, as the server gave it
//	12 bytes  nonce, random, never used twice with the key
//	n bytes   AES-256-GCM of the body, the tag of 16 bytes at its end; the 9 bytes before the nonce are the additional data
//
// The body is the JSON of one item of a roll in UTF-8: what is posted to /api/v1/sessions/{session}/roll, with the session's ID as
// "session" beside it:
//
//	{"session":"…","site":"…","base_revision":0,"held_on":"2026-11-20","minutes":60,"marks":[…],"device":"…","seq":7,"recorded_at":"…"}
//
// It must say the same, field by field, as what the phone itself will hand in later under the same device and number: the order
// of fields and white space are free. The item is at most 64 KB uncompressed, the text at most 32 KB. A file holds the same text, in UTF-8.
// A roll of several items is several codes, each pasted by itself or one after another in one text, at most 20, oldest first.
//
// # The key
//
// A phone asks for its key while it is signed in and has a network: POST /api/v1/device/relay-key {"device":"…"} with the device
// of its items gives {"key_id":"…","key":"…"}, both base64url without padding, 8 and 32 bytes. The answer is the same each time
// for the same account and device, as long as the county's secret is. The key is derived; the database holds its id only. It is
// bound to the account that asked, so the roll's marker is this account whoever pastes the text, and an item that names another
// device does not open. Keep it where the outbox is kept, and drop it with the account's data on the phone.
//
// # The answer
//
// The item gets the receipt that the phone gets when it hands the same item in itself: only that empties its outbox. The
// text pasted twice, by whomever, is one item.
package relay
