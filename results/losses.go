package results

// Losses count failed attempts by what would have prevented them: those too that
// a client made good by sending again, and commands that failed without an
// attempt that is told of.
type Losses struct {
	Late    int `json:"late"`    // the client's kernel knew of the close before the request was sent: looking at the connection would have helped
	Crossed int `json:"crossed"` // close and request crossed: no look before sending could have helped
	Idle    int `json:"idle"`    // the device's idle timeout fired as the connection was used again: either of the two
	Other   int `json:"other"`   // another cause, or an answer that was not the expected one
	Unknown int `json:"unknown"` // the evidence leaves several causes, or none
}

// kinds of loss, by id of [Causes]; what is not listed is another.
var lossOf = map[string]func(*Losses) *int{
	"stale-reuse":       func(l *Losses) *int { return &l.Late },
	"close-race":        func(l *Losses) *int { return &l.Crossed },
	"close-collision":   func(l *Losses) *int { return &l.Crossed },
	"idle-timeout-race": func(l *Losses) *int { return &l.Idle },
	CauseUnknown:        func(l *Losses) *int { return &l.Unknown },
}

// Losses splits what went wrong in a trial.
func (s *Summary) Losses() Losses {
	l := Losses{Other: s.Outcomes[Rejected]}
	for cause, n := range s.Failures.ByCause {
		of := lossOf[cause]
		if of == nil {
			of = func(l *Losses) *int { return &l.Other }
		}
		*of(&l) += n
	}
	l.Unknown += max(0, s.Commands-s.OK-l.Sum())
	return l
}

// Sum is all of them.
func (l Losses) Sum() int { return l.Late + l.Crossed + l.Idle + l.Other + l.Unknown }

// Plus is the losses of two trials.
func (l Losses) Plus(m Losses) Losses {
	return Losses{l.Late + m.Late, l.Crossed + m.Crossed, l.Idle + m.Idle, l.Other + m.Other, l.Unknown + m.Unknown}
}
