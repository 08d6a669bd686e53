package live

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"rstorm/wire"
)

func TestFlushReturnsWhenAllHasBeenHandled(t *testing.T) {
	l := listen(t)
	r := record(t, Config{}, portOf(l))
	client, server := pair(t, l)
	for turn := range 50 {
		converse(t, client, server)
		if got := said(r.all(t), addrOf(l)); got != strings.Repeat("request", turn+1) {
			t.Fatalf("after %d requests %q has been handled", turn+1, got)
		}
	}
}

func TestManyFlushAtOnce(t *testing.T) {
	l := listen(t)
	r := record(t, Config{}, portOf(l))
	var wg sync.WaitGroup
	for range 16 {
		client, server := pair(t, l)
		wg.Go(func() {
			for turn := range 20 {
				converse(t, client, server)
				from := client.LocalAddr().(*net.TCPAddr).AddrPort()
				told := 0
				for _, s := range r.all(t) {
					if s.Source == from {
						told += len(s.Payload)
					}
				}
				if told != (turn+1)*len("request") {
					t.Errorf("after %d requests of %v, %d bytes have been handled", turn+1, from, told)
				}
			}
		})
	}
	wg.Wait()
}

// blocked opens a capture whose handler, once entered, waits until it is set
// free.
func blocked(t *testing.T, ring int, port uint16) (c *Capture, entered <-chan struct{}, free func()) {
	begun, gate := make(chan struct{}), make(chan struct{})
	enter, free := sync.OnceFunc(func() { close(begun) }), sync.OnceFunc(func() { close(gate) })
	c = opened(t, Config{Ring: ring, Handle: func(*wire.Packet, *wire.Segment) { enter(); <-gate }}, port)
	t.Cleanup(free) // before the capture is closed
	return c, begun, free
}

func TestWhatTheRingHasNoRoomForIsCountedAndTheRestFlushed(t *testing.T) {
	l := listen(t)
	c, _, free := blocked(t, 1, portOf(l))
	client, server := pair(t, l)
	for deadline := time.Now().Add(giveUp); c.Counts().Dropped == 0; {
		converse(t, client, server)
		if time.Now().After(deadline) {
			t.Fatal("a ring of one byte holds everything")
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	impatient := errors.New("impatient")
	cancel(impatient)
	if err := c.Flush(ctx); !errors.Is(err, impatient) {
		t.Errorf("while the handler is blocked, Flush returned %v", err)
	}
	free()
	flush(t, c) // its first marker may have found the ring full
	before, dropped := c.Counts().Packets, c.Counts().Dropped
	converse(t, client, server)
	flush(t, c)
	if now := c.Counts(); before == 0 || now.Packets <= before || now.Dropped != dropped {
		t.Errorf("when there was room again: %d packets and %d lost, then %+v", before, dropped, now)
	}
}

func TestCloseWakesAndJoinsAndMayBeCalledTwice(t *testing.T) {
	l := listen(t)
	c, entered, free := blocked(t, 0, portOf(l))
	pair(t, l)
	<-entered
	flushed := make(chan error)
	go func() { flushed <- c.Flush(t.Context()) }()
	closed := make(chan error)
	go func() { closed <- c.Close() }()
	free()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-flushed; err != nil && !errors.Is(err, os.ErrClosed) { // the marker was handled first, or not at all
		t.Errorf("a waiting Flush returned %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Flush(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close, Flush returned %v", err)
	}
	if c.Watch(1) == nil || c.Unwatch(1) == nil {
		t.Error("a closed capture can watch")
	}
	if counts := c.Counts(); counts.Packets == 0 || counts.Dropped != 0 {
		t.Errorf("%+v", counts)
	}
}
