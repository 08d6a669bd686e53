package results

import "slices"

// nothingJudged is the note of a report in which no threshold was judged.
const nothingJudged = "nothing was judged: no threshold applies to what was played, so nothing can be said to hold"

// Judge sets Held from the verdicts: true if at least one threshold held, every
// other that was asked for held too, and the run and its trials are whole. No
// data is not a pass: neither a threshold without data, nor a run without a
// threshold. That one gets a note; [Report.Tally] tells it from a run in which
// one failed.
func (r *Report) Judge() {
	n := r.Tally()
	asked := 0
	for judgement, times := range n {
		if judgement != Skipped {
			asked += times
		}
	}
	cut := r.Partial || slices.ContainsFunc(r.Trials, func(t Trial) bool { return t.Partial })
	r.Held = asked > 0 && n[Held] == asked && !cut
	if asked == 0 && !slices.Contains(r.Notes, nothingJudged) {
		r.Notes = append(r.Notes, nothingJudged)
	}
}

// Tally counts the verdicts on all trials and scenarios by their result.
func (r *Report) Tally() map[Judgement]int {
	n := map[Judgement]int{}
	count := func(verdicts []Verdict) {
		for _, v := range verdicts {
			n[v.Result]++
		}
	}
	for i := range r.Trials {
		count(r.Trials[i].Verdicts)
	}
	for i := range r.Scenarios {
		count(r.Scenarios[i].Verdicts)
	}
	return n
}

// worst is the verdict on several: failed before no data before held; Skipped
// if none was judged. A judgement that is none of ours is no pass.
func worst(verdicts []Verdict) Judgement {
	all := Skipped
	for _, v := range verdicts {
		switch v.Result {
		case Skipped:
		case Held:
			if all == Skipped {
				all = Held
			}
		case NoData:
			all = NoData
		default:
			return Missed
		}
	}
	return all
}
