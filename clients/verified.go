package clients

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"rstorm/results"
)

// RetryVerified sends again as its settings say, but asks the device first
// where a command may have been executed: once the socket had taken a byte of an
// attempt, if the method is not safe (RFC 9110 section 9.2.1) and HTTP/2 does not
// say that it was not processed. From then on it asks before every resend,
// whatever ended the attempts since: the device may execute late what it has
// received. Then
//   - it was executed: the command is ok, with the status of the answer to the
//     question. Its own answer is lost; that of the question is the proof.
//   - it was not executed: it is sent again.
//   - that can't be learnt: it is not sent again, and ends as its last attempt
//     did.
//
// The question is a GET without a command id on a fresh connection. It is no
// attempt at the command. It is asked as often as there are attempts, with the
// same waits, and not where no resend could follow: with the attempts, the time
// (deadline) or the budget spent a command ends as its last attempt did. A
// question alone spends no budget. A device that is still busy with the command
// says that it was not executed: the wait before the question (backoff) is all
// that helps there, and an attempt_timeout that the device does not need.
type RetryVerified struct {
	Raw      `yaml:",inline"`
	Verify   string `yaml:"verify" doc:"target of the question what became of a command; {id} stands for its id"`
	Executed string `yaml:"executed" doc:"regular expression that matches the answer's body if the command was executed"`
}

// idPlace is where the command's id goes in the target of a question.
const idPlace = "{id}"

// Validate is that of [Raw], and rejects questions that can't be asked.
func (s RetryVerified) Validate() []error {
	errs := s.Raw.Validate()
	add := func(field, problem string) { errs = append(errs, &SettingError{field, problem}) }
	if s.When == "" || s.When == Never {
		add("retry", "never leaves nothing to ask for: say which commands are sent again")
	}
	if !strings.HasPrefix(s.Verify, "/") || !strings.Contains(s.Verify, idPlace) || strings.ContainsAny(s.Verify, " \r\n\t") {
		add("verify", "want a target that begins with / and holds "+idPlace+", as in /query/state?of="+idPlace)
	}
	if _, err := regexp.Compile(s.Executed); err != nil {
		add("executed", err.Error())
	} else if s.Executed == "" {
		add("executed", "want what an answer holds if the command was executed: nothing matches every answer")
	}
	return errs
}

// Client makes a client that verifies. Where Executed is no regular expression
// nothing can be learnt.
func (s RetryVerified) Client(n Network) Client {
	executed, err := regexp.Compile(s.Executed)
	if err != nil {
		executed = nil
	}
	return &verified{raw: newRaw(n, s.Raw), target: n.Prefix + s.Verify, executed: executed}
}

type verified struct {
	*raw
	target   string
	executed *regexp.Regexp // nil if no answer tells
}

// Do carries cmd, and asks before it is sent again.
func (c *verified) Do(ctx context.Context, cmd results.Command) results.Reply {
	proof, doubt, asked := 0, false, false
	reply := c.carry(ctx, cmd, func(ctx context.Context, t try) bool {
		if !c.retry.wait(ctx, t) {
			return false
		}
		if doubt = doubt || doubtful(t); doubt {
			asked = true
			status, executed, known := c.question(ctx, t.began, cmd.ID)
			if executed {
				proof = status
			}
			if executed || !known || c.retry.late(t.began, time.Now()) {
				return false
			}
		}
		return c.retry.budget.spend()
	})
	if proof != 0 {
		reply.Outcome, reply.Status, reply.Err = results.OK, proof, nil
	}
	if asked {
		reply.Done = time.Now()
	}
	return reply
}

// doubtful reports whether a command may have been executed by an attempt that
// failed, and must not be executed twice.
func doubtful(t try) bool {
	return t.written && !safe(t.method) && !errors.Is(t.attempt.Err, errUnprocessed)
}

// question asks whether the command that began then was executed, until that is
// known, or the attempts or the time are spent. The status is that of the
// answer.
func (c *verified) question(ctx context.Context, began time.Time, id results.CommandID) (status int, executed, known bool) {
	target := strings.ReplaceAll(c.target, idPlace, id.String())
	for n := 1; c.executed != nil; n++ {
		var body bytes.Buffer
		status, err := c.ask(ctx, target, &body)
		if err == nil && status/100 == 2 && status != http.StatusNoContent {
			return status, c.executed.Match(body.Bytes()), true
		}
		if n >= c.retry.settings.Attempts || !c.retry.pause(ctx, began, n) {
			break
		}
	}
	return 0, false, false
}
