package clients

import (
	"errors"
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
