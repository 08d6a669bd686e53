package diagnosis

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"rstorm/results"
	"rstorm/wire"
)

// A summary is a report written for people.
type summary struct{ out io.Writer }

func (s summary) write(r *Report) {
	t := &r.Totals
	if r.Partial {
		fmt.Fprint(s.out, "PARTIAL: not everything was read; what follows is about what was.\n")
	}
	undecided := ""
	if t.Undecided > 0 {
		undecided = fmt.Sprintf(", %d undecided", t.Undecided)
	}
	fmt.Fprintf(s.out, "%s, %d ended badly%s, %d with a RST (%s, %s)\n", plural(t.Connections, "connection"),
		t.Bad, undecided, t.Resets, plural(t.RSTPackets, "RST packet"), plural(t.FINs, "FIN packet"))
	s.causes(t)
	s.endpoints(t)
	s.advice(t)
	if len(r.Notes) > 0 {
		fmt.Fprint(s.out, "\nWhat limits the answer:\n")
		for _, note := range r.Notes {
			wrap(s.out, printable(note), "- ", "  ")
		}
	}
}

// causes say what the bad connections died of, and who ended them.
func (s summary) causes(t *Totals) {
	if t.Bad == 0 {
		return
	}
	for _, id := range often(t.ByCause) {
		wrap(s.out, what(id), fmt.Sprintf("%6d  %-22s  ", t.ByCause[id], id), strings.Repeat(" ", 32))
	}
	var who []string
	for _, o := range often(t.ByOrigin) {
		who = append(who, fmt.Sprintf("%s %d", o, t.ByOrigin[o]))
	}
	fmt.Fprintf(s.out, "Ended by: %s", strings.Join(who, ", "))
	if t.Uncertain > 0 {
		fmt.Fprintf(s.out, ". The evidence leaves several causes, or none, of %d", t.Uncertain)
	}
	fmt.Fprint(s.out, "\n")
}

// endpoints are the worst ones.
func (s summary) endpoints(t *Totals) {
	const most = 10
	rest := t.Others
	for i, e := range t.Endpoints {
		switch {
		case e.Bad == 0:
			rest++
		case i >= most:
			rest++
		default:
			fmt.Fprintf(s.out, "  %-6s %-21s  %d of %s ended badly; it reset %d\n", e.Role, e.Address, e.Bad, plural(e.Connections, "connection"), e.Resets)
		}
	}
	if rest > 0 && t.Bad > 0 {
		fmt.Fprintf(s.out, "  and %s\n", plural(rest, "other endpoint"))
	}
}

// advice says what each side can do about the causes that occurred, those that
// are only possible last.
func (s summary) advice(t *Totals) {
	ids := often(t.ByCause)
	for _, id := range often(t.Possible) {
		if t.ByCause[id] == 0 {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		client, device := wire.Advise(id)
		title := id
		if t.ByCause[id] == 0 {
			title += " (possibly)"
		}
		fmt.Fprintf(s.out, "\nWhat to do about %s:\n", title)
		wrap(s.out, client, "  client: ", "          ")
		wrap(s.out, device, "  device: ", "          ")
	}
}

// what happens where the cause is an id of the catalogue.
func what(id string) string {
	i := slices.IndexFunc(results.Causes, func(c results.Cause) bool { return c.ID == id })
	if i < 0 {
		return "the evidence does not tell"
	}
	return results.Causes[i].What
}

// often are a map's keys, the most frequent first.
func often[K ~string](m map[K]int) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int {
		return cmp.Or(-cmp.Compare(m[a], m[b]), cmp.Compare(a, b))
	})
}

// width is how many columns prose fills.
const width = 108

// wrap writes text broken into lines, the first behind one indent and the others
// behind another; nothing if there is no text.
func wrap(w io.Writer, text, first, rest string) {
	line, empty := []byte(first), true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCount(line)+1+utf8.RuneCountInString(word) > width {
			w.Write(append(line, '\n'))
			line, empty = append(line[:0], rest...), true
		}
		if !empty {
			line = append(line, ' ')
		}
		line, empty = append(line, word...), false
	}
	if !empty {
		w.Write(append(line, '\n'))
	}
}
