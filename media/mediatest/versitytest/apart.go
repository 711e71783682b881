package versitytest

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// apart keeps writing and deleting from each other. In versitygw 1.8.0 a deletion that empties a folder removes it,
// and a put beside it that has made that folder and is just making the one below (backend.MkdirAll) fails: the client
// gets 409 ExistingObjectIsDirectory, though nothing is wrong with what it sent. The gateway makes up for a folder that goes
// a moment later (its issue 1988), but not for this. It is no fault of a store of ours, which must not hide a 409.
type apart struct {
	backend.Backend
	folders sync.RWMutex // held for reading while folders are made, for writing while they may go
}

// PutObject is the gateway's.
func (a *apart) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	a.folders.RLock()
	defer a.folders.RUnlock()
	return a.Backend.PutObject(ctx, in)
}

// CompleteMultipartUpload is the gateway's.
func (a *apart) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	a.folders.RLock()
	defer a.folders.RUnlock()
	return a.Backend.CompleteMultipartUpload(ctx, in)
}

// DeleteObject is the gateway's.
func (a *apart) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput) (*s3.DeleteObjectOutput, error) {
	a.folders.Lock()
	defer a.folders.Unlock()
	return a.Backend.DeleteObject(ctx, in)
}

// DeleteObjects is the gateway's.
func (a *apart) DeleteObjects(ctx context.Context, in *s3.DeleteObjectsInput) (s3response.DeleteResult, error) {
	a.folders.Lock()
	defer a.folders.Unlock()
	return a.Backend.DeleteObjects(ctx, in)
}
