package clients

import (
	"crypto/sha256"
	"errors"
	"testing"

	"rstorm/results"
)

// The fields are of RFC 9530, section 2 and appendix D, where they are not wrong.
func TestContentDigest(t *testing.T) {
	const hello = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:" // of {"hello": "world"} and a line feed
	ok, cut, bad := results.OK, results.Truncated, results.Failed
	for _, tt := range []struct {
		field string
		want  results.Outcome
	}{
		{"", ok},
		{hello, ok},
		{"sha-512=:x:,\t" + hello, ok},
		{hello + ";a=b, md5=:x:", ok},
		{digestOfOK + ", " + hello, ok}, // the last of equal keys
		{hello + ", " + digestOfOK, cut},
		{"sha-512=:x:", ok}, // not ours to check
		{digestOfOK, cut},
		{"sha-256", bad},
		{"sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", bad},
		{"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", bad},
		{"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabD:", bad},
		{"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8Fab===:", bad},
		{"sha-256=:!!/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", bad},
	} {
		var v verifier
		err := v.expect([]byte(tt.field))
		if err == nil {
			v.Write([]byte(`{"hello": "wo`))
			v.Write([]byte("rld\"}\n"))
			err = v.end()
		}
		if got := results.Classify(err); got != tt.want {
			t.Errorf("%q: %v (%v), want %v", tt.field, got, err, tt.want)
		}
	}
}

// A verifier is used again; the body before leaves nothing behind.
func TestVerifierForgets(t *testing.T) {
	var v verifier
	for _, body := range []string{"ko", "ok"} {
		if err := v.expect([]byte(digestOfOK)); err != nil {
			t.Fatal(err)
		}
		v.Write([]byte(body))
		if err := v.end(); errors.Is(err, results.ErrTruncated) != (body == "ko") {
			t.Errorf("%q: %v", body, err)
		}
	}
	v.expect(nil)
	if v.Write([]byte("ko")); v.end() != nil || v.size != 2 {
		t.Errorf("without a digest: %v after %d bytes", v.end(), v.size)
	}
	if _, ok, err := parseDigest(nil); ok || err != nil || sha256.Size != len(v.want) {
		t.Errorf("no field is a digest: %v, %v", ok, err)
	}
}
