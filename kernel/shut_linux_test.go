package kernel_test

import (
	"context"
	"net"
	"os/exec"
	"sync"
	"testing"

	"rstorm/kernel"
)

func TestWhatIsShutCanBeListenedOnAgainWhileProcessesAreStarted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var starting sync.WaitGroup
	for range 2 {
		starting.Go(func() {
			for ctx.Err() == nil {
				if err := exec.CommandContext(ctx, "true").Run(); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	addr := "127.0.0.1:0"
	for range 500 {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Error(err)
			break
		}
		addr = l.Addr().String()
		if err := kernel.Shut(l.(*net.TCPListener)); err != nil {
			t.Error(err)
		}
	}
	stop()
	starting.Wait()
}
