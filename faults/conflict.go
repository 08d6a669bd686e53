package faults

import (
	"fmt"
	"slices"
)

// A Conflict says that a fault of a list can never strike beside another.
type Conflict struct {
	Index   int // of the fault that can't, in its list
	Problem string
}

// Conflicts finds the faults of one side, completed and valid by themselves,
// that contradict each other: what always ends an exchange leaves nothing for
// those that would come later in it.
func Conflicts(fs []Fault) []Conflict {
	var all []Conflict
	for i := range fs {
		for j := range fs {
			if i != j && fs[j].precludes(&fs[i], j < i) {
				all = append(all, Conflict{i, fmt.Sprintf("this can never happen: fault %d of the list always strikes before (%s at %s)", j+1, fs[j].Effect, fs[j].Point)})
				break
			}
		}
	}
	return all
}

// order is the course of one exchange.
var order = []Point{Connect, Handshake, Request, BeforeForward, AfterForward, Response, AfterResponse}

// precludes reports whether f, which stands before g in their list or not,
// leaves g no chance.
func (f *Fault) precludes(g *Fault, before bool) bool {
	if f.Toxic != nil || !f.always() || g.Point == Packet || g.Point == Passage {
		return false
	}
	if f.atDoor() {
		return !g.atDoor() || before
	}
	if g.Toxic != nil || !f.final() || !f.Delay.IsZero() && f.Point == AfterResponse {
		return false
	}
	first, second := slices.Index(order, f.Point), slices.Index(order, g.Point)
	if first < 0 || second < 0 || f.Effect == GoAway || f.Point == AfterResponse && g.Effect == IgnoreClose {
		return false
	}
	if first == second && (f.Point == Response || f.Point == Request) {
		return f.Bytes < g.Bytes || f.Bytes == g.Bytes && before
	}
	return first < second || first == second && before
}

// always reports whether nothing narrows f.
func (f *Fault) always() bool {
	s := &f.Selector
	return s.windowed() && s.From == 0 && s.For == 0
}

// final reports whether nothing of an exchange comes after f.
func (f *Fault) final() bool {
	return f.Effect.Ends() || f.Delay.IsZero() && (f.Effect == Stall || f.Effect == BlackHole)
}
