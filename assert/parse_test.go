package assert

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestThresholdsAreWrittenInOneWay(t *testing.T) {
	for _, c := range []struct{ strategy, source, want string }{
		{"", "resets > 0", "resets > 0"},
		{"", "  success>=99.5%  ", "success >= 99.5%"},
		{"", "success >= 0.995", "success >= 0.995"},
		{"", "p99.9 < 250ms", "p99.9 < 250ms"},
		{"", "success_low >= 95 %", "success_low >= 95 %"},
		{"", "reuse > 1.5", "reuse > 1.5"},
		{"", "timed-out != 3", "timed-out != 3"},
		{"", "resets.hidden == 0", "resets.hidden == 0"},
		{"", "naive.success[GET] < 60%", "naive.success[GET] < 60%"},
		{"", "go-default.resets.hidden > 0", "go-default.resets.hidden > 0"},
		{"", "close.success - naive.success > 30%", "close.success - naive.success > 30%"},
		{"", "retry.duplicates -retry.ghosts <= -3", "retry.duplicates - retry.ghosts <= -3"},
		{"", "p99 - p50 < 1m30s", "p99 - p50 < 1m30s"},
		{"naive", "success < 60%", "naive.success < 60%"},
		{"naive", "success[PUT] - success[GET] > 20%", "naive.success[PUT] - naive.success[GET] > 20%"},
		{"naive", "success - close.success < 0%", "naive.success - close.success < 0%"},
	} {
		got, err := ParseFor(c.strategy, c.source)
		if err != nil {
			t.Errorf("%q: %v", c.source, err)
			continue
		}
		if got.String() != c.want {
			t.Errorf("%q is written %q, want %q", c.source, got, c.want)
		}
		if again, err := Parse(got.String()); err != nil || again.String() != c.want {
			t.Errorf("%q is read back as %q, %v", got, again, err)
		}
	}
}

func TestWhatIsWrongWithAThresholdIsSaidAtItsPlace(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"^", "a metric is missing, as in success >= 99%"},
		{"^> 0", "a metric is missing, as in success >= 99%"},
		{"resets - ^> 0", "a metric is missing, as in success >= 99%"},
		{"^succes > 0", `unknown metric "succes"`},
		{"naive.^succes > 0", `unknown metric "succes"`},
		{"^resets.sen > 0", `unknown metric "resets.sen"`},
		{"^success. > 0", `unknown metric "success."`},
		{"^.success > 0", `unknown metric ".success"`},
		{"^reset > 0", `unknown metric "reset"`},
		{"close.^success-naive.success > 0", `unknown metric "success-naive.success" (a difference has spaces around its minus)`},
		{"success[^put] > 3%", "a method stands in brackets and in upper case, as in success[PUT]"},
		{"success[^] > 3%", "a method stands in brackets and in upper case, as in success[PUT]"},
		{"success[^PUT > 3%", "a method stands in brackets and in upper case, as in success[PUT]"},
		{"resets ^", "an operator is missing: one of < <= > >= == !="},
		{"resets ^3", "an operator is missing: one of < <= > >= == !="},
		{"resets ^=> 3", `"=>" is not an operator: write one of < <= > >= == !=`},
		{"resets ^! 3", `"!" is not an operator: write one of < <= > >= == !=`},
		{"resets ^= 3", `"=" is not an operator: write one of < <= > >= == !=`},
		{"resets > ^", "a value is missing: resets is a count, as in 3"},
		{"resets > ^3%", `"3%" is not a count, as in 3`},
		{"resets > ^1.5", `"1.5" is not a count, as in 3`},
		{"resets > ^nan", `"nan" is not a count, as in 3`},
		{"resets > ^1e300", `"1e300" is not a count, as in 3`},
		{"resets > ^3 apples", `"3 apples" is not a count, as in 3`},
		{"p99 < ^250", `"250" is not a time, as in 250ms`},
		{"success > ^99", "success can't come to 99"},
		{"success > ^101%", "success can't come to 101%"},
		{"resets > ^-1", "resets can't come to -1"},
		{"close.success - naive.success > ^200%", "the difference can't come to 200%"},
		{"resets >= ^0", "this always holds and so tests nothing"},
		{"success <= ^100%", "this always holds and so tests nothing"},
		{"resets < ^0", "this can never hold"},
		{"success > ^1", "this can never hold"},
		{"success - ^p99 > 0", "success and p99 can't be compared: the one is a rate, as in 99.5%, the other a time, as in 250ms"},
		{"close.success - ^success > 3%", "name a strategy on both sides of the minus or on neither"},
		{"success - ^success > 3%", "both sides of the minus are the same"},
	} {
		offset := strings.Index(c.source, "^")
		source := strings.Replace(c.source, "^", "", 1)
		_, err := Parse(source)
		e, ok := errors.AsType[*SyntaxError](err)
		if !ok {
			t.Errorf("%q: %v, want a SyntaxError", source, err)
			continue
		}
		if e.Problem != c.want || e.Offset != offset {
			t.Errorf("%q: at %d %q,\nwant at %d %q", source, e.Offset, e.Problem, offset, c.want)
		}
	}
}

func TestAnUnknownMetricComesWithTheKnownOnes(t *testing.T) {
	_, err := Parse("naive.succes > 0")
	e, ok := errors.AsType[*SyntaxError](err)
	if !ok || e.Value != "succes" || len(e.Names) != len(Metrics) || !slices.Contains(e.Names, "success") {
		t.Errorf("got %+v", err)
	}
}

func TestNamesAreHeldAgainstTheScenario(t *testing.T) {
	labels, methods := []string{"naive", "close"}, []string{"PUT", "GET"}
	for _, c := range []struct{ source, want, value string }{
		{"resets > 0", "", ""},
		{"close.success[PUT] - naive.success[GET] > 3%", "", ""},
		{"close.success - ^naiv.success > 3%", `unknown strategy "naiv"`, "naiv"},
		{"success[^POST] > 3%", "no command of the scenario is a POST", "POST"},
	} {
		offset := strings.Index(c.source, "^")
		threshold, err := Parse(strings.Replace(c.source, "^", "", 1))
		if err != nil {
			t.Fatal(err)
		}
		err = threshold.Check(labels, methods)
		e, _ := errors.AsType[*SyntaxError](err)
		if c.want == "" && err != nil || c.want != "" && (e == nil || e.Problem != c.want || e.Offset != offset || e.Value != c.value) {
			t.Errorf("%q: %+v", threshold, err)
		}
		if err := threshold.Check(nil, nil); err != nil {
			t.Errorf("%q against nothing: %v", threshold, err)
		}
	}
}

func TestStrategiesAreListedOnce(t *testing.T) {
	for source, want := range map[string][]string{
		"resets > 0":                                  nil,
		"naive.resets > 0":                            {"naive"},
		"retry.duplicates - retry.ghosts == 0":        {"retry"},
		"close.success[PUT] - naive.success[PUT] > 0": {"close", "naive"},
	} {
		threshold, err := Parse(source)
		if got := threshold.Strategies(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q names %q, %v, want %q", source, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"resets > 0", "naive.success[GET] < 60%", "close.success - naive.success > 30%", "p99.9<=2.7ms",
		"a.b.c", "- - -", "success[", "success[]>", "success > 99.5 %", "reuse==1.5", "resets>-", "p50 < 1h1h", "\x00", "é > 3",
	} {
		f.Add("", seed)
		f.Add("naive", seed)
	}
	f.Fuzz(func(t *testing.T, strategy, source string) {
		threshold, err := ParseFor(strategy, source)
		if err != nil {
			e, ok := errors.AsType[*SyntaxError](err)
			if !ok || e.Problem == "" || e.Offset < 0 || e.Offset > len(source) {
				t.Fatalf("%q: %+v", source, err)
			}
			return
		}
		if strategy != "" {
			return // any text may be a label here; scenarios allows only some
		}
		again, err := Parse(threshold.String())
		if err != nil || again.String() != threshold.String() {
			t.Fatalf("%q is written %q and read back as %q, %v", source, threshold, again, err)
		}
		threshold.Judge(View{Selected: []string{"a"}})
	})
}
