// Package diagnosis explains captures: which connections ended badly, why, and
// what to do about it, as text or JSON.
package diagnosis

import (
	"context"
	"fmt"
	"io"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/pcap"
)

// A Diagnosis reads captures one after another, tells of each connection as it
// ends, and sums up. It takes as much memory for a long capture as for a short
// one. Its zero value with a Writer works.
type Diagnosis struct {
	Writer  Writer // told of everything; see [Formats]
	Scope   Scope  // which connections count
	All     bool   // tell also of those that ended well
	Ladders int    // draw so many of those that ended badly, the first ones
	Spell   bool   // print what each cause rests on for people, also where nothing is drawn
	Mermaid bool   // draw Mermaid sequence diagrams

	// Ended, if not nil, is told of every connection in scope, and Exchanged of
	// every HTTP/1 exchange in scope, as in [wire.Config]; all that is lent.
	Ended     func(*wire.Conversation, *results.Finding)
	Exchanged func(*wire.Conversation, *wire.Exchange)

	drawn int
	sums  sums
}

// glance is how many packets are read between two looks at the context.
const glance = 4096

// Read reads one capture to its end. An error names it and says where in it;
// what came before counts, and the diagnosis is partial then. If ctx ends, so
// does the reading.
func (d *Diagnosis) Read(ctx context.Context, name string, in io.Reader) error {
	err := d.read(ctx, name, in)
	if failed := d.Writer.Flush(); failed != nil {
		return failed
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		d.sums.cut(err)
	}
	return err
}

func (d *Diagnosis) read(ctx context.Context, name string, in io.Reader) error {
	reader, err := pcap.NewReader(prompt{in, d.Writer})
	if err != nil {
		return err
	}
	f := file{Diagnosis: d, name: name}
	config := wire.Config{Ended: f.ended, Lend: true}
	if d.Exchanged != nil {
		config.Exchanged = f.exchanged
	}
	table := wire.NewTable(config)
	err = f.packets(ctx, reader, table)
	table.Flush()
	d.sums.capture(table.Counts(), reader.Facts())
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted after %s", plural(table.Counts().Packets, "packet"))
	}
	return err
}

// Miss notes a capture that could not even be opened, and why.
func (d *Diagnosis) Miss(why error) { d.sums.cut(why) }

// Close sums up and tells the Writer. The report is whole also if writing fails.
func (d *Diagnosis) Close() (*Report, error) {
	report := d.sums.report()
	d.Writer.Close(report)
	return report, d.Writer.Flush()
}

// A prompt is a reader that has what is known written out before it waits for
// more, which may take long if a capture comes as it is made.
type prompt struct {
	io.Reader
	out Writer
}

func (p prompt) Read(b []byte) (int, error) {
	if err := p.out.Flush(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
