package clients

import (
	"fmt"
	"slices"
	"strings"
)

// Validate reports words that do not exist, settings that mean nothing without
// others, and those that contradict each other.
func (s Raw) Validate() []error {
	var errs []error
	bad := func(is bool, field, format string, args ...any) {
		if is {
			errs = append(errs, &SettingError{field, fmt.Sprintf(format, args...)})
		}
	}
	word := func(field, is string, names []string) {
		bad(is != "" && !slices.Contains(names, is), field, "%q is no such word (have %s)", is, strings.Join(names, ", "))
	}
	word("reuse", string(s.Reuse), s.Reuse.Names())
	word("liveness", string(s.Liveness), s.Liveness.Names())
	word("close", string(s.Close), s.Close.Names())

	rests, none := s.Reuse != Fresh && !s.Renew, "renew: true leaves no connection to rest"
	if s.Reuse == Fresh {
		none = "reuse: none leaves no connection to rest"
	}
	bad(!rests && s.Liveness != "" && s.Liveness != Blind, "liveness", "%s, so there is nothing to look at", none)
	bad(!rests && s.Idle > 0, "idle", "%s", none)
	bad(!rests && s.Hint, "hint", "%s", none)
	bad(!rests && s.When.stale(), "retry", "%s, so none is stale", none)
	bad(s.Reuse == Fresh && s.Close == CloseHeader, "close", "header leaves it to the device whether a connection is used again, reuse: none does not: say client")
	bad(s.Reuse != Fresh && s.Close == CloseClient, "close", "client closes after every answer, so none is used again: say reuse: none")
	bad(s.Settle > 0 && s.Liveness != Settle, "settle", "it is for liveness: settle only")
	bad(s.Settle == 0 && s.Liveness == Settle, "settle", "liveness: settle waits as long as this says: it must be more than 0")
	bad(s.Margin > 0 && !s.Hint, "margin", "it is a part of what hint promises: say hint: true")
	return append(errs, s.Retry.Validate()...)
}

// mute reports settings of resends where nothing says what is sent again, and
// methods that what is said never sends again.
func (s *Retry) mute() []error {
	var errs []error
	for _, setting := range []struct {
		field string
		set   bool
	}{
		{"attempts", s.Attempts > 0}, {"backoff", s.Backoff > 0}, {"max_backoff", s.MaxBackoff > 0}, {"jitter", s.Jitter > 0},
		{"budget", s.Budget > 0}, {"deadline", s.Deadline > 0}, {"on", len(s.On) > 0}, {"methods", len(s.Methods) > 0},
	} {
		if setting.set && s.When == "" {
			errs = append(errs, &SettingError{setting.field, "nothing is sent again as long as retry is not said"})
		}
	}
	if s.When != "" && s.When != Never {
		errs = append(errs, s.unmoved()...)
	}
	for _, m := range s.Methods {
		if (s.When == Idempotent || s.When == StaleIdempotent) && isToken([]byte(m)) && strings.ToUpper(m) == m && !idempotent(m) {
			errs = append(errs, &SettingError{"methods", fmt.Sprintf("%s is not idempotent, and retry: %s never sends it again", m, s.When)})
		}
	}
	return errs
}

// unmoved reports settings of waits that never come about, and a deadline that
// lets no resend begin, where something is sent again. A preset's waits that the
// stale words leave out are no mistake.
func (s *Retry) unmoved() []error {
	var errs []error
	bad := func(is bool, field, format string, args ...any) {
		if is {
			errs = append(errs, &SettingError{field, fmt.Sprintf(format, args...)})
		}
	}
	waits := s.Backoff > 0 || s.MaxBackoff > 0 || s.Jitter > 0
	bad(s.Attempts == 1 && waits, "attempts", "1 is the first and only one, so nothing is sent again and backoff, max_backoff and jitter mean nothing: say retry: never")
	bad(s.Jitter > 0 && s.Backoff == 0, "jitter", "it is a share of backoff, which is not said")
	bad(s.MaxBackoff > 0 && s.Backoff == 0, "max_backoff", "it is where backoff stops doubling, which is not said")
	least := float64(s.Backoff) * (1 - s.Jitter)
	bad(s.Deadline > 0 && !s.When.stale() && float64(s.Deadline) <= least, "deadline",
		"%v is over before the first wait, backoff: %v, so nothing is sent again", s.Deadline, s.Backoff)
	return errs
}

// keeps reports whether connections carry further commands.
func (s *Raw) keeps() bool { return s.Reuse != Fresh }

// looks reports whether kept connections are looked at before they are used.
func (s *Raw) looks() bool { return s.keeps() && s.Liveness != "" && s.Liveness != Blind }

// announces reports whether requests say Connection: close.
func (s *Raw) announces() bool { return s.Close == CloseHeader || s.Close == CloseClient }
