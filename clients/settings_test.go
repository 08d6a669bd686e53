package clients

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// Settings that can't be meant together are refused, by the key that is wrong.
func TestSettingsThatContradictEachOther(t *testing.T) {
	for _, tt := range []struct {
		settings Raw
		field    string // empty: they are fine
	}{
		{Raw{}, ""},
		{Raw{Reuse: Pool, Liveness: Blind, Close: CloseNothing}, ""},
		{Raw{Liveness: Settle, Settle: time.Millisecond, Idle: time.Second, Hint: true, Margin: time.Second, Segments: 2}, ""},
		{Raw{Close: CloseHeader, Renew: true, ConnectTimeout: 1, AttemptTimeout: 1}, ""},
		{Raw{Reuse: Fresh, Liveness: Blind, Close: CloseClient}, ""},
		{Raw{Reuse: Fresh}, ""},
		{Raw{Reuse: "some"}, "reuse"},
		{Raw{Liveness: "poke"}, "liveness"},
		{Raw{Close: "both"}, "close"},
		{Raw{Liveness: Peek, Settle: 1}, "settle"},
		{Raw{Liveness: Settle}, "settle"},
		{Raw{Margin: 1}, "margin"},
		{Raw{Reuse: Fresh, Liveness: Events}, "liveness"},
		{Raw{Reuse: Fresh, Idle: 1}, "idle"},
		{Raw{Reuse: Fresh, Hint: true}, "hint"},
		{Raw{Reuse: Fresh, Close: CloseHeader}, "close"},
		{Raw{Close: CloseClient}, "close"},
		{Raw{Renew: true, Liveness: Peek}, "liveness"},
		{Raw{Renew: true, Idle: 1}, "idle"},
		{Raw{Reuse: Fresh, Retry: Retry{When: StaleAny}}, "retry"},
		{Raw{Renew: true, Retry: Retry{When: StaleSafe}}, "retry"},
		{Raw{Retry: Retry{When: Any, On: []Trigger{"rejected"}}}, "on"},
		{Raw{Retry: Retry{Attempts: 3}}, "attempts"},
		{Raw{Retry: Retry{On: []Trigger{"reset"}}}, "on"},
		{Raw{Retry: Retry{When: Never, Attempts: 3, Backoff: 1}}, ""}, // a preset with its resends switched off
		{Raw{Retry: Retry{When: Idempotent, Methods: []string{"GET", "POST"}}}, "methods"},
		{Raw{Retry: Retry{When: Any, Methods: []string{"POST"}}}, ""},
		{Raw{Retry: Retry{When: Any, Attempts: 1}}, ""},
		{Raw{Retry: Retry{When: Any, Attempts: 1, Backoff: 1}}, "attempts"},
		{Raw{Retry: Retry{When: Any, Attempts: 1, Backoff: 1, Jitter: 1}}, "attempts"},
		{Raw{Retry: Retry{When: Never, Attempts: 1, Jitter: 1}}, ""},
		{Raw{Retry: Retry{When: Any, Jitter: 1}}, "jitter"},
		{Raw{Retry: Retry{When: Any, MaxBackoff: 1}}, "max_backoff"},
		{Raw{Retry: Retry{When: Any, Backoff: 2, Deadline: 1}}, "deadline"},
		{Raw{Retry: Retry{When: Idempotent, Backoff: 2, Deadline: 2}}, "deadline"}, // an attempt takes time as well
		{Raw{Retry: Retry{When: Any, Backoff: 2, Deadline: 3}}, ""},
		{Raw{Retry: Retry{When: Any, Backoff: 10, Jitter: 0.5, Deadline: 5}}, "deadline"},
		{Raw{Retry: Retry{When: Any, Backoff: 10, Jitter: 0.5, Deadline: 6}}, ""},
		{Raw{Retry: Retry{When: Any, Backoff: 10, Jitter: 1, Deadline: 1}}, ""},
		{Raw{Retry: Retry{When: StaleAny, Backoff: 2, Deadline: 1}}, ""}, // it does not wait
		{Raw{Retry: Retry{When: Any, On: []Trigger{"timed-out"}}}, ""},   // the kernel gives up as well
	} {
		errs := tt.settings.Validate()
		if tt.field == "" {
			if len(errs) != 0 {
				t.Errorf("%+v: %v", tt.settings, errs)
			}
			continue
		}
		if len(errs) != 1 {
			t.Errorf("%+v: %v, want one error about %s", tt.settings, errs, tt.field)
			continue
		}
		if setting, ok := errors.AsType[*SettingError](errs[0]); !ok || setting.Field != tt.field {
			t.Errorf("%+v: %v, want it to be about %s", tt.settings, errs[0], tt.field)
		}
	}
}

// Other names are for words that there are, and are no words themselves.
func TestAliases(t *testing.T) {
	for _, set := range []interface {
		Names() []string
		Aliases() map[string]string
	}{Liveness(""), Closing("")} {
		if set.Aliases()["none"] == "" {
			t.Errorf("%T: none is no name", set)
		}
		for name, word := range set.Aliases() {
			if slices.Contains(set.Names(), name) || !slices.Contains(set.Names(), word) {
				t.Errorf("%T: %q stands for %q; the words are %v", set, name, word, set.Names())
			}
		}
	}
}
