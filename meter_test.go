package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestAMeterCountsWhatIsReadAndLeavesNothingOnTheTerminal(t *testing.T) {
	shown, terminal := io.Pipe()
	m := &meter{out: terminal, stop: make(chan struct{})}
	if n, err := io.Copy(io.Discard, m.reader(strings.NewReader(strings.Repeat("x", 2_500_000)))); n != 2_500_000 || err != nil {
		t.Fatal(n, err)
	}
	m.done.Go(m.show)
	line := make([]byte, 64)
	n, err := shown.Read(line)
	if got := string(line[:n]); err != nil || got != "\rread 2.5 MB" {
		t.Errorf("it shows %q, %v", got, err)
	}
	rest := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(shown) // a pipe that is closed in order
		rest <- all
	}()
	m.close()
	terminal.Close()
	if got := <-rest; !bytes.HasSuffix(got, []byte("\r\x1b[K")) {
		t.Errorf("it ends with %q", got)
	}
}

func TestAMeterIsQuietWhereNoTerminalIs(t *testing.T) {
	var printed bytes.Buffer
	m := newMeter(streams{nil, &printed, &printed})
	m.close()
	if m.out != nil || printed.Len() > 0 {
		t.Errorf("it printed %q", printed.String())
	}
}
