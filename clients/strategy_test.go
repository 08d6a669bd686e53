package clients

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every strategy has a name, a sentence, and settings that scenarios.yaml can
// name and that say what they do; its defaults are valid.
func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds {
		if k.Name == "" || k.Doc == "" || seen[k.Name] {
			t.Errorf("%+v", k)
		}
		seen[k.Name] = true
		settings := reflect.TypeOf(k.Defaults)
		if settings.Kind() != reflect.Struct {
			t.Errorf("%s: its settings are a %v, want a struct", k.Name, settings.Kind())
			continue
		}
		for f := range fields(settings) {
			if f.Tag.Get("yaml") != ",inline" && (f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "") {
				t.Errorf("%s.%s has no key or no doc", k.Name, f.Name)
			}
		}
		if v, ok := k.Defaults.(interface{ Validate() []error }); ok && len(v.Validate()) > 0 {
			t.Errorf("%s: %v", k.Name, v.Validate())
		}
	}
	for _, name := range every {
		if !seen[name] {
			t.Errorf("no strategy %q", name)
		}
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return slices.Values(reflect.VisibleFields(t))
}

func TestRetryRejectsWhatCantBeMeant(t *testing.T) {
	errs := Retry{When: Any, On: []Trigger{"reset", "rejected"}, Methods: []string{"PUT", "put", "", "GET "}}.Validate()
	var got []string
	for _, err := range errs {
		setting, ok := errors.AsType[*SettingError](err)
		if !ok {
			t.Fatalf("%v is a %T", err, err)
		}
		got = append(got, setting.Field)
	}
	if want := "on methods methods methods"; strings.Join(got, " ") != want {
		t.Errorf("got %v: %v", got, errs)
	}
	if want := `on: "rejected" is no outcome to retry after (have reset, closed, refused, timed-out, truncated, unprocessed)`; errs[0].Error() != want {
		t.Errorf("got  %s\nwant %s", errs[0], want)
	}
}
