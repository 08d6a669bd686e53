package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// ErrNotToxiproxy says that what answers at the given address does not speak
// Toxiproxy's API.
var ErrNotToxiproxy = errors.New("not a Toxiproxy server")

// An api is the HTTP API of a Toxiproxy server, version 2. Toxiproxy's own
// client takes no context, and keeps its connections for ever.
type api struct {
	base   *url.URL
	client *http.Client
}

// proxyBody is a proxy in the API's JSON.
type proxyBody struct {
	Name     string `json:"name"`
	Listen   string `json:"listen"`
	Upstream string `json:"upstream"`
	Enabled  bool   `json:"enabled"`
}

// answerLimit bounds what is read of an answer.
const answerLimit = 1 << 20

// check lists the server's proxies, which changes nothing there.
func (a api) check(ctx context.Context) error {
	var proxies map[string]proxyBody
	return a.call(ctx, http.MethodGet, "/proxies", nil, &proxies)
}

// call sends body, which is JSON already if it is bytes, and reads the answer
// into into, unless that is nil. An answer that refuses is an error with the
// server's own words.
func (a api) call(ctx context.Context, method, path string, body, into any) error {
	text, ok := body.([]byte)
	if !ok && body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base.JoinPath(path).String(), bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return refusal(res.Status, answer)
	}
	if into != nil && json.Unmarshal(answer, into) != nil {
		return fmt.Errorf("%w: its answer to %s %s is not what the API says", ErrNotToxiproxy, method, path)
	}
	return nil
}

// refusal reads the server's own words from an answer that is an error.
func refusal(status string, answer []byte) error {
	var said struct{ Error string }
	if json.Unmarshal(answer, &said) != nil || said.Error == "" {
		return fmt.Errorf("%w: it answers %s", ErrNotToxiproxy, status)
	}
	return fmt.Errorf("the server refuses: %s (%s)", said.Error, status)
}
