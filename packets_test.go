package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rstorm/wire"
	"rstorm/wire/pcap"
	"rstorm/wire/wiretest"
)

// saved writes the field case to path, with a comment on each RST.
func saved(t *testing.T, path string) error {
	t.Helper()
	f, err := openPackets(path)
	if err != nil {
		t.Fatal(err)
	}
	tape := wiretest.Golden().Packets
	for i := range tape {
		p := tape[i]
		p.Data = slices.Clone(p.Data)
		p.Interface = 1 + 6*(i%2)
		if err := f.Write(&p); err != nil {
			t.Fatal(err)
		}
		clear(p.Data) // it is not the sink's to keep
	}
	f.Comment(len(tape), "close-race")
	f.Comment(len(tape), "and another")
	f.Dropped(3)
	return f.save("seed 7")
}

func TestPacketsAreSavedWithTheirCommentsAndWhatIsMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pcapng")
	if err := saved(t, path); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := pcap.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Packet
	for i, want := range wiretest.Golden().Packets {
		if err := r.Next(&p); err != nil {
			t.Fatal(err)
		}
		if p.Number != want.Number || p.At != want.At || p.Length != want.Length || p.Interface != i%2 || !slices.Equal(p.Data, want.Data) {
			t.Errorf("packet %d is %+v, want %+v", i, p, want)
		}
	}
	if comments := r.Comments(); !slices.Equal(comments, []string{"close-race", "and another"}) {
		t.Errorf("comments %q", comments)
	}
	if err := r.Next(&p); err != io.EOF {
		t.Errorf("behind the last packet: %v", err)
	}
	facts := r.Facts()
	if dropped, counted := facts.Dropped(); !counted || dropped != 3 || facts.Comment != "seed 7" || facts.Interfaces[1].Name != "interface 7" {
		t.Errorf("the file says %+v", facts)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside it: %v, %v", left, err)
	}
}

func TestARunWithoutPacketsIsAFileWithoutPackets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pcapng")
	f, err := openPackets(path)
	if err == nil {
		err = f.save("")
	}
	if err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := pcap.NewReader(in)
	if err == nil {
		err = r.Next(new(wire.Packet))
	}
	if err != io.EOF {
		t.Error(err)
	}
}
