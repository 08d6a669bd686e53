package kernel_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"rstorm/kernel"
)

func TestATimerGoesOffNotBeforeItsTime(t *testing.T) {
	timer, err := kernel.NewTimer()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{-time.Second, 0, time.Millisecond} {
		if err := timer.Set(time.Hour); err != nil { // the later one counts
			t.Fatal(err)
		}
		from := time.Now()
		if err := timer.Set(d); err != nil {
			t.Fatal(err)
		}
		if err := timer.Wait(); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(from); waited < d {
			t.Errorf("set to %v it went off after %v", d, waited)
		}
	}
	woken := make(chan error)
	go func() { woken <- timer.Wait() }()
	if err := timer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-woken; !errors.Is(err, os.ErrClosed) {
		t.Errorf("a waiting Wait ended with %v", err)
	}
	if timer.Set(time.Second) == nil {
		t.Error("a closed timer can be set")
	}
}
