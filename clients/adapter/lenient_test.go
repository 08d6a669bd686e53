package adapter

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// Lua, JavaScript and Java write every number as a floating point one, and
// Python's perf_counter tells seconds.
func TestANumberIsReadHoweverItIsWritten(t *testing.T) {
	for text, want := range map[string]Result{
		`"run":3,"seq":12,"t0":5,"t1":9223372036854775807,"status":200`:                   {Run: 3, Seq: 12, T0: 5, T1: 9223372036854775807, Status: 200},
		`"run":3.0,"seq":12.0,"t0":5.0,"t1":8.0,"status":200.0`:                           {Run: 3, Seq: 12, T0: 5, T1: 8, Status: 200},
		`"run":0,"seq":1.2e1,"t0":3.6077455350531E13,"t1":36077455350531.75,"status":2E2`: {Seq: 12, T0: 36077455350531, T1: 36077455350532, Status: 200},
	} {
		m, err := decode([]byte(`{"type":"res",` + text + `}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want.Type = "res"
		if got := m.result(); got != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
	for _, text := range []string{`"run":0.5,"seq":1`, `"run":0,"seq":"1"`, `"run":0,"seq":1e400`, `"run":0,"seq":9223372036854775808`, `"run":0,"seq":true`} {
		if _, err := decode([]byte(`{"type":"res","t0":1,"t1":2,"status":200,` + text + `}`)); !errors.Is(err, &Failure{Kind: Garbled}) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestAnErrorIsReadHoweverItsAuthorWroteIt(t *testing.T) {
	for text, want := range map[string]Error{
		`{"name":"E","code":"C","msg":"m","chain":["a","b"]}`:                                     {"E", "C", "m", []string{"a", "b"}},
		`{"name":"curl","code":56,"msg":"reset","chain":null}`:                                    {"curl", "56", "reset", nil},
		`{"name":"E","code":null,"msg":null,"chain":[]}`:                                          {Name: "E"},
		`{"name":"E","msg":"m","chain":"a"}`:                                                      {Name: "E", Msg: "m", Chain: []string{"a"}},
		`{"msg":"m","chain":[{"name":"S","code":"C","message":"closed"},{"msg":"b"},{},null,""]}`: {Msg: "m", Chain: []string{"S [C]: closed", "b"}},
		`{"chain":["a"]}`: {Chain: []string{"a"}},
		`"timed out"`:     {Msg: "timed out"},
	} {
		m, err := decode([]byte(`{"type":"res","run":0,"seq":0,"t0":1,"t1":2,"err":` + text + `}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := *m.result().Err; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", text, got)
		}
	}
	for _, text := range []string{`[]`, `5`, `{}`, `{"msg":{}}`, `{"msg":"m","chain":[[]]}`, `""`} {
		var failure *Failure
		if _, err := decode([]byte(`{"type":"res","run":0,"seq":0,"t0":1,"t1":2,"err":` + text + `}`)); !errors.As(err, &failure) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// A profile that sends nothing measures the protocol. Nobody means it who names
// none.
func TestTheDefaultIsTheFirstProfileThatSendsAnything(t *testing.T) {
	for text, want := range map[string]string{
		`["null","requests"]`: "requests", `["keep","null"]`: "keep", `["null"]`: "null", `[]`: "", `null`: "", `["","a"]`: "a",
	} {
		var m message
		if err := json.Unmarshal([]byte(`{"type":"hello","protocol":1.0,"profiles":`+text+`}`), &m); err != nil {
			t.Fatal(err)
		}
		if h := m.hello(); h.Default() != want {
			t.Errorf("%s: %q", text, h.Default())
		}
	}
}
