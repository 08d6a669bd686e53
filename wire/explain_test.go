package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire"
)

// A statement is one about the field: what happens, and what is to be said of
// it.
type statement struct {
	field string // "a SYN that is answered by a RST"
	play  func() *play
	cause string         // empty: it ended well
	also  []string       // the other candidates, in order
	by    results.Origin // who began the end
	phase results.Phase  // how far the exchange had come
	says  string         // what must stand in the evidence
}

// pairs lists, by rule, what fits it and its nearest
// neighbour, which does not.
var pairs = slices.Concat(forgedActs, handshakeActs, protocolActs, silenceActs, reuseActs, responseActs, requestActs, clientActs)

// A pair is one rule's positive act and a negative one.
type pair struct {
	rule      string // its doc
	fits      statement
	neighbour statement
}

func TestEachCauseIsNamedWhereItsCaseIsMetAndNotNextToIt(t *testing.T) {
	for _, p := range pairs {
		t.Run(strings.ReplaceAll(p.fits.field, " ", "-"), func(t *testing.T) {
			if got := judge(t, p.fits); got != p.rule {
				t.Errorf("%s: it was the rule %q, want %q", p.fits.field, got, p.rule)
			}
			if got := judge(t, p.neighbour); got == p.rule {
				t.Errorf("%s: the rule %q must not fit", p.neighbour.field, got)
			}
		})
	}
}

// judge compares what is said of an act with what is to be said, and returns
// the rule it went by.
func judge(t *testing.T, a statement) string {
	t.Helper()
	p := a.play()
	c := p.seen(t)
	f := wire.Explain(c, p.w)
	var want []string
	if len(a.also) > 0 {
		want = append([]string{a.cause}, a.also...)
	}
	if f.Cause != a.cause || !slices.Equal(f.Candidates, want) {
		t.Errorf("%s: the cause is %q of %q, want %q of %q\n%s", a.field, f.Cause, f.Candidates, a.cause, want, wire.Ladder(c, &f))
	}
	if a.cause != "" && (f.Origin != a.by || f.Phase != a.phase) {
		t.Errorf("%s: ended by %s in phase %s, want %s and %s\n%s", a.field, f.Origin, f.Phase, a.by, a.phase, wire.Ladder(c, &f))
	}
	if !says(f.Evidence, a.says) {
		t.Errorf("%s: the evidence does not say %q:\n%s", a.field, a.says, strings.Join(f.Evidence, "\n"))
	}
	return wire.RuleFor(c, p.w)
}

func TestEachRuleHasAnActOfItsOwn(t *testing.T) {
	var played []string
	for _, p := range pairs {
		played = append(played, p.rule)
	}
	for _, doc := range wire.RuleDocs() {
		if !slices.Contains(played, doc) {
			t.Errorf("nothing is played for the rule %q", doc)
		}
	}
}
