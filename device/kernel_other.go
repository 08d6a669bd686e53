//go:build !linux

package device

import (
	"context"
	"net"
	"os"
	"time"
)

// unread is unknown: package syscall has no portable way to ask.
func unread(*net.TCPConn) int { return -1 }

// untilGone waits for limit, or if that is 0 until the device is switched off.
// A client that goes can't be seen here without reading.
func untilGone(ctx context.Context, _ *net.TCPConn, limit time.Duration) (Ending, error) {
	var passed <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-passed:
		return "", os.ErrDeadlineExceeded
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
