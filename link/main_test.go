package link

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
	"go.uber.org/goleak"
)

// TestMain checks what no single test can: that nothing is left behind, and
// that Toxiproxy, some of whose toxics log through a global, stays silent.
func TestMain(m *testing.M) {
	var printed lockedBuffer
	log.Logger = zerolog.New(&printed).Level(zerolog.TraceLevel)
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if s := printed.String(); s != "" {
		fmt.Fprintf(os.Stderr, "Toxiproxy printed:\n%s", s)
		code = 1
	}
	os.Exit(code)
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}
