package clients

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"net/http"

	"rstorm/results"
)

// maxBody bounds the body of an answer. No byte of it is kept here.
const maxBody = 64 << 20

// checkID reports whether an answer is to the command with id want: echoed is
// its id field, empty if it has none. A wrong one is an answer to another
// command, which no status can make good.
func checkID(want, echoed []byte) error {
	if len(echoed) == 0 || bytes.Equal(want, echoed) {
		return nil
	}
	return fmt.Errorf("the answer is to command %q, not to %s", echoed, want)
}

// bodiless reports whether an answer to method has no body whatever its fields
// say (RFC 9112 section 6.3); a digest is then of a body that is not there.
// After 101 comes another protocol, which we don't speak.
func bodiless(method string, status int) bool {
	switch status {
	case http.StatusSwitchingProtocols, http.StatusNoContent, http.StatusNotModified:
		return true
	}
	return method == http.MethodHead
}

// A verifier takes the body of an answer and tells whether it is whole and
// unchanged, as far as the answer lets that be known: by its Content-Digest
// (RFC 9530) with sha-256. A Content-Digest in a trailer is not looked at.
type verifier struct {
	size   int64
	want   [sha256.Size]byte
	digest hash.Hash
	armed  bool      // whether there is a digest to compare
	into   io.Writer // takes the body as well; nil if nobody wants it
}

// expect begins a body whose Content-Digest field is field, empty if there is
// none. A digest that can't be read is an error: nothing could be verified.
func (v *verifier) expect(field []byte) (err error) {
	v.size = 0
	v.want, v.armed, err = parseDigest(field)
	if v.armed && v.digest == nil {
		v.digest = sha256.New()
	}
	if v.armed {
		v.digest.Reset()
	}
	return err
}

// Write takes the next bytes of the body. It fails beyond maxBody.
func (v *verifier) Write(p []byte) (int, error) {
	v.size += int64(len(p))
	if v.size > maxBody {
		return 0, fmt.Errorf("the body exceeds %d bytes", maxBody)
	}
	if v.armed {
		v.digest.Write(p) // never fails, by contract
	}
	if v.into != nil {
		return v.into.Write(p)
	}
	return len(p), nil
}

// end says whether the body that was taken is the one that was announced.
func (v *verifier) end() error {
	if !v.armed {
		return nil
	}
	var got [sha256.Size]byte
	if v.digest.Sum(got[:0]); got != v.want {
		return fmt.Errorf("%w: the digest of its %d bytes is not the announced one", results.ErrTruncated, v.size)
	}
	return nil
}

// parseDigest finds sha-256 in a Content-Digest field, which is a dictionary of
// byte sequences (RFC 9651 section 3.2), as in sha-256=:base64:. The last of
// equal keys counts.
func parseDigest(field []byte) (sum [sha256.Size]byte, ok bool, err error) {
	for len(field) > 0 {
		var member []byte
		member, field, _ = bytes.Cut(field, []byte(","))
		key, value, _ := bytes.Cut(bytes.Trim(member, " \t"), []byte("="))
		if string(key) != "sha-256" {
			continue
		}
		value, _, _ = bytes.Cut(value, []byte(";"))
		text, opened := bytes.CutPrefix(value, []byte(":"))
		text, closed := bytes.CutSuffix(text, []byte(":"))
		var raw [sha256.Size + 1]byte // as much as a text of the right length may hold
		n := 0
		if len(text) == base64.StdEncoding.EncodedLen(sha256.Size) {
			n, err = base64.StdEncoding.Decode(raw[:], text)
		}
		if err != nil || !opened || !closed || n != sha256.Size {
			return sum, false, fmt.Errorf("the answer's Content-Digest %q is no sha-256", value)
		}
		copy(sum[:], raw[:])
		ok = true
	}
	return sum, ok, nil
}
