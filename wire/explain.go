package wire

import (
	"slices"

	"rstorm/results"
)

// Explain says why a conversation ended badly, by the first of the rules that
// fits. The finding's Cause is empty if it ended well: it was closed in order,
// all requests that were seen were answered, and nobody sent a RST; or the
// capture ends before anything went wrong. Where packets are missing, or the
// wire alone can't tell, the finding names candidates. It is unknown there
// whether the command was executed and whether anybody felt it.
func Explain(c *Conversation, w Witness) results.Finding {
	if c.smooth() {
		return results.Finding{Connection: c.Number, Phase: results.PhaseDone, Origin: results.ByUnknown, Executed: results.Unknown}
	}
	s := survey(c, w)
	f := results.Finding{Connection: c.Number, Phase: s.phase(), Executed: results.Unknown, Reset: s.reset()}
	if !s.bad() {
		f.Phase, f.Origin = results.PhaseDone, results.ByUnknown
		return f
	}
	if s.hit != nil {
		f.Command = s.hit.Command
	}
	bad := s
	r := report{scene: &bad, origin: s.ender()}
	f.Cause = bad.decide(&r)
	r.doubt(f.Cause)
	r.shuffled(f.Cause)
	r.close()
	if r.also = without(r.also, f.Cause); len(r.also) > 0 {
		f.Candidates = append([]string{f.Cause}, r.also...)
	}
	f.Origin, f.Packets, f.Evidence = r.origin, r.order(), r.evidence
	return f
}

// decide names the cause by the first rule that fits, and leaves in r what that
// rests on.
func (s *scene) decide(r *report) string {
	rule, told := s.match(rules, *r)
	if rule == nil {
		r.sayf("what the capture holds fits none of the known causes")
		if s.hit != nil {
			r.sayf("%s was not answered whole", r.request(s.hit))
		}
		return results.CauseUnknown
	}
	*r = told
	return rule.cause
}

// match finds the first rule that fits, nil if none does. Where it is in doubt
// itself, the next one that names another cause stands beside it.
func (s *scene) match(among []rule, blank report) (*rule, report) {
	var r report // of one rule at a time; one for all, because it leaves the stack
	for i := range among {
		r = blank
		if !among[i].fits(s, &r) {
			continue
		}
		if r.goOn {
			others := slices.DeleteFunc(slices.Clone(among[i+1:]), func(o rule) bool { return o.cause == among[i].cause })
			if next, told := s.match(others, blank); next != nil {
				r.leave(next.cause)
				r.leave(told.also...)
			}
		}
		return &among[i], r
	}
	return nil, blank
}

// without is ids without repeats and without one of them; none if that is
// unknown, which stands alone.
func without(ids []string, id string) []string {
	var rest []string
	for _, other := range ids {
		if other != id && id != results.CauseUnknown && !slices.Contains(rest, other) {
			rest = append(rest, other)
		}
	}
	return rest
}
