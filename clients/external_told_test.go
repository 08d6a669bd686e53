package clients

import (
	"strings"
	"testing"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// Two commands that fail alike are told by texts that differ only in what is
// theirs; the report counts them together and shows one as it was.
func TestErrorsThatSayTheSameAreCountedTogether(t *testing.T) {
	for _, tt := range []struct{ first, second, want string }{
		{`Put "http://127.0.0.1:40001/put/ctrl?command=0-4": read tcp 127.0.0.1:5->127.0.0.1:40001: connection reset`,
			`Put "http://127.0.0.1:40002/put/ctrl?command=0-104": read tcp 127.0.0.1:65535->127.0.0.1:40002: connection reset`,
			`Put "http://ADDRESS/put/ctrl?command=ID": read tcp ADDRESS->ADDRESS: connection reset`},
		{"HTTPConnectionPool(host='127.0.0.1', port=40001): Max retries exceeded with url: /put/ctrl?command=0-4 (Caused by <Connection object at 0x7f5d1c0b1a90>)",
			"HTTPConnectionPool(host='127.0.0.1', port=4002): Max retries exceeded with url: /put/ctrl?command=0-104 (Caused by <Connection object at 0x7f5d1c0b1b10>)",
			"HTTPConnectionPool(host='127.0.0.1', port=PORT): Max retries exceeded with url: /put/ctrl?command=ID (Caused by <Connection object at OBJECT>)"},
		{"Failed to connect to localhost/127.0.0.1:40001", "Failed to connect to localhost/127.0.0.1:2", "Failed to connect to ADDRESS"},
		{"Failed to connect to 127.0.0.1 port 40001 after 12 ms", "Failed to connect to 127.0.0.1 port 1 after 1003 ms", "Failed to connect to 127.0.0.1 port PORT after N ms"},
		{"connect ECONNREFUSED ::1 [::1]:40001", "connect ECONNREFUSED ::1 [::1]:40002", "connect ECONNREFUSED ::1 ADDRESS"},
		{"0-4 " + strings.Repeat("ü", 5000), "0-104 " + strings.Repeat("ü", 5000), "ID " + strings.Repeat("ü", 394) + "..."},
		{"[WinError 10054] closed", "[WinError 10054] closed", "[WinError 10054] closed"},
	} {
		c := &external{errors: map[string]*results.ErrorText{}}
		for seq, msg := range map[uint32]string{4: tt.first, 104: tt.second} {
			told := c.read(results.CommandID{Seq: seq}, &adapter.Result{Err: &adapter.Error{Msg: msg}}, time.Now())
			if !strings.HasPrefix(msg, strings.TrimSuffix(told.Err, "...")) {
				t.Errorf("told %q", told.Err)
			}
		}
		all := ranked(c.errors)
		if len(all) != 1 || all[0].Count != 2 || all[0].Text != tt.want {
			t.Errorf("%+v, want %q", all, tt.want)
			continue
		}
		if e := all[0].Example; (e == "") != (tt.first == tt.want) || len([]rune(e)) > mostText {
			t.Errorf("the example of %q is %q", tt.want, e)
		}
	}
}

// axios and its like make an error of a status.
func TestAnErrorThatOnlySaysAStatusIsARejectedCommand(t *testing.T) {
	for _, tt := range []struct {
		status int
		msg    string
		want   results.Outcome
	}{
		{503, "AxiosError: Request failed with status code 503", results.Rejected},
		{503, "read ECONNRESET", results.Reset},
		{200, "who knows", results.Failed},
		{0, "who knows", results.Failed},
	} {
		c := &external{errors: map[string]*results.ErrorText{}}
		told := c.read(results.CommandID{}, &adapter.Result{Status: tt.status, Err: &adapter.Error{Msg: tt.msg}}, time.Now())
		if all := ranked(c.errors); told.Outcome != tt.want || told.Err != tt.msg || len(all) != 1 || all[0].Outcome != tt.want {
			t.Errorf("%d %q: %+v, %+v", tt.status, tt.msg, told, all)
		}
	}
}

// Whoever answers after the timeout has not kept it, whatever the answer is.
func TestAnAnswerAfterTheTimeoutIsATimeout(t *testing.T) {
	size := int64(9)
	for _, tt := range []struct {
		took   time.Duration
		status int
		err    *adapter.Error
		want   results.Outcome
		says   string
	}{
		{0, 200, nil, results.OK, ""},
		{200 * time.Millisecond, 200, nil, results.OK, ""},
		{240 * time.Millisecond, 200, nil, results.OK, ""}, // 20 ms and a tenth
		{242 * time.Millisecond, 200, nil, results.TimedOut, "answered 42 ms late"},
		{500 * time.Millisecond, 503, nil, results.TimedOut, "answered 300 ms late: its timeout is 200 ms"},
		{500 * time.Millisecond, 0, &adapter.Error{Msg: "read ECONNRESET"}, results.Reset, "read ECONNRESET"},
	} {
		c := &external{errors: map[string]*results.ErrorText{}, init: adapter.Init{TimeoutMS: 200}}
		told := c.read(results.CommandID{}, &adapter.Result{T0: 7, T1: 7 + int64(tt.took), Status: tt.status, Bytes: &size, Err: tt.err}, time.Time{})
		if told.Outcome != tt.want || !strings.Contains(told.Err, tt.says) || tt.says == "" && told.Err != "" {
			t.Errorf("%v, %d: %+v", tt.took, tt.status, told)
		}
		if told.Outcome == results.TimedOut {
			if told.Status != 0 || told.Size != -1 || told.Done-told.Sent != tt.took {
				t.Errorf("%+v", told)
			}
			if all := ranked(c.errors); len(all) != 1 || !strings.HasPrefix(all[0].Text, "the client answered N ms late") || all[0].Means == "" {
				t.Errorf("%+v", all)
			}
		}
	}
}
