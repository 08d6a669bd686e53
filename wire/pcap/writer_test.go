package pcap

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/pcapgo"

	"rstorm/wire"
)

// written writes packets, the n-th with n comments.
func written(t *testing.T, c Capture, packets []wire.Packet) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if err := w.Write(&p, slices.Repeat([]string{"comment ü"}, i)...); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.Interfaces) > 1 {
		if err := errors.Join(w.Drop(1, 40), w.Drop(1, 2)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// legs is a capture of two interfaces.
var legs = Capture{Interfaces: []string{"client", "device"}, Link: wire.LinkRaw, Snap: 12, Comment: "a trial", Application: "rstorm"}

func onLegs() []wire.Packet {
	return []wire.Packet{
		{Number: 1, At: 1_700_000_000_000_000_001, Link: wire.LinkRaw, Length: 10, Data: payload(1)},
		{Number: 2, At: 1_700_000_000_000_000_000, Link: wire.LinkRaw, Length: 2000, Data: payload(2), Interface: 1},
		{Number: 3, At: 1_700_000_001_999_999_999, Link: wire.LinkRaw, Length: 0, Data: nil, Interface: 1},
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	file := written(t, legs, onLegs())
	got, facts := whole(t, file)
	for i := range got {
		if len(got[i].Data) == 0 {
			got[i].Data = nil
		}
	}
	if !reflect.DeepEqual(got, onLegs()) {
		t.Errorf("read %+v", got)
	}
	for i := range facts.Interfaces {
		facts.Interfaces[i].clock = clock{}
	}
	want := &Facts{Format: NextGen, Sections: 1, Application: "rstorm", Comment: "a trial", Interfaces: []Interface{
		{Section: 1, Name: "client", Link: wire.LinkRaw, Snap: 12, Counted: true, Received: 1},
		{Section: 1, Name: "device", Link: wire.LinkRaw, Snap: 12, Counted: true, Received: 44, Dropped: 42},
	}}
	if !reflect.DeepEqual(facts, want) {
		t.Errorf("facts are %+v, want %+v", facts, want)
	}
	if dropped, counted := facts.Dropped(); dropped != 42 || !counted {
		t.Errorf("%d packets dropped, counted %v", dropped, counted)
	}
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := r.Next(&wire.Packet{}); err != nil || len(r.Comments()) != i {
			t.Errorf("packet %d has comments %q, %v", i+1, r.Comments(), err)
		}
	}
}

func TestTheSameIsWrittenTheSameWay(t *testing.T) {
	if !bytes.Equal(written(t, legs, onLegs()), written(t, legs, onLegs())) {
		t.Error("two files differ")
	}
	for _, word := range []string{"linux", "amd64", "gopacket"} {
		if bytes.Contains(written(t, legs, onLegs()), []byte(word)) {
			t.Errorf("the file holds %q", word)
		}
	}
}

func TestTheZeroCaptureWorks(t *testing.T) {
	got, facts := whole(t, written(t, Capture{}, []wire.Packet{{Number: 1, Length: 10, Data: payload(1)}}))
	if len(got) != 1 || len(facts.Interfaces) != 1 || facts.Interfaces[0].Name != "" || facts.Interfaces[0].Snap != 0 {
		t.Errorf("read %+v, %+v", got, facts)
	}
}

func TestPacketsAreCutToTheSnapLength(t *testing.T) {
	c := legs
	c.Snap = 4
	p := onLegs()[0]
	p.Length = 0 // not said: what was captured was there
	got, _ := whole(t, written(t, c, []wire.Packet{p}))
	if string(got[0].Data) != mark[:4] || got[0].Length != 10 {
		t.Errorf("read %+v", got[0])
	}
}

func TestStatisticsSayFromWhenToWhen(t *testing.T) {
	packets := []wire.Packet{{At: 5, Data: payload(1)}, {At: 9, Data: payload(2)}, {At: 7, Data: payload(3)}}
	r, err := pcapgo.NewNgReader(bytes.NewReader(written(t, Capture{}, packets)), pcapgo.DefaultNgReaderOptions)
	for err == nil {
		_, _, err = r.ReadPacketData()
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	face, err := r.Interface(0)
	if s := face.Statistics; err != nil || s.StartTime.UnixNano() != 5 || s.EndTime.UnixNano() != 9 || s.PacketsReceived != 3 {
		t.Errorf("statistics are %+v, %v", s, err)
	}
}

func TestTextThatDoesNotFitIsCut(t *testing.T) {
	long := strings.Repeat("ü", 40_000)
	c := legs
	c.Interfaces = []string{"broken \xff"}
	var file bytes.Buffer
	w, err := NewWriter(&file, c)
	if err != nil {
		t.Fatal(err)
	}
	p := onLegs()[0]
	if err := errors.Join(w.Write(&p, long, "", "bad \xff"), w.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Next(&p); err != nil {
		t.Fatal(err)
	}
	want := []string{long[:65534], "bad \ufffd"}
	if got := r.Comments(); !slices.Equal(got, want) {
		t.Errorf("%d comments of %d bytes", len(got), len(got[0]))
	}
	if name := r.Facts().Interfaces[0].Name; name != "broken \ufffd" {
		t.Errorf("the interface is %q", name)
	}
}

func TestWhatDoesNotFitTheCaptureIsRefused(t *testing.T) {
	good := onLegs()[0]
	other, early, nowhere, below, long := good, good, good, good, good
	other.Link, early.At, nowhere.Interface, below.Interface = wire.LinkEthernet, -1, 2, -1
	long.Data = make([]byte, MaxPacket+1)
	c := legs
	c.Snap = 0
	w, err := NewWriter(io.Discard, c)
	if err != nil {
		t.Fatal(err)
	}
	for want, p := range map[string]wire.Packet{
		"link type 1 (Ethernet)": other, "before 1970": early, "interface 2 of 2": nowhere, "interface -1 of 2": below, "262145 bytes": long,
	} {
		if err := w.Write(&p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := errors.Join(w.Write(&good), w.Close()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(w.Drop(2, 1), w.Drop(-1, 1)); err == nil {
		t.Error("packets of no interface were noted")
	}
	if _, err := NewWriter(io.Discard, Capture{Snap: -1}); err == nil {
		t.Error("a negative snap length was taken")
	}
}

func TestAWriterThatFailsIsSaidSo(t *testing.T) {
	full := errors.New("no space")
	w, err := NewWriter(failing{full}, legs)
	if err != nil {
		t.Fatal(err) // nothing has been flushed
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("closing gives %v", err)
	}
	w, err = NewWriter(failing{full}, legs)
	for range 1000 {
		p := onLegs()[0]
		err = errors.Join(err, w.Write(&p))
	}
	if !errors.Is(err, full) {
		t.Errorf("writing gives %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
