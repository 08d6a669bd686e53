package adapter

import (
	"fmt"
	"strings"
	"time"
)

func checkAnswer(c *checker) (got, want string, err error) {
	all, err := c.once(Run{Commands: gets("/ok", "/ok", "/ok")})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	for _, r := range all {
		switch {
		case r.Bytes == nil || *r.Bytes != int64(len(answerBody)):
			return "bytes " + number(r.Bytes), fmt.Sprintf("bytes %d", len(answerBody)), nil
		case r.SHA256 != answerDigest:
			return "sha256 " + excerpt(r.SHA256), "sha256 " + answerDigest, nil
		}
	}
	return "", "", nil
}

func number(n *int64) string {
	if n == nil {
		return "missing"
	}
	return fmt.Sprint(*n)
}

func checkRequest(c *checker) (got, want string, err error) {
	put := Command{Seq: 1, Method: "PUT", Path: "/put/ctrl?a=b%20c&d=%2F&e=1+2&command=0-1", Body: `{"name":"Küche ✓"}`,
		Headers: map[string]string{idHeader: "0-1", "Content-Type": "application/json", "X-Odd": "a b,c;d=\"e\""}}
	commands := []Command{gets("/get/state")[0], put}
	for i, method := range []string{"POST", "DELETE"} {
		id := fmt.Sprintf("0-%d", 2+i)
		commands = append(commands, Command{Seq: 2 + i, Method: method, Path: "/x?command=" + id, Headers: map[string]string{idHeader: id}})
	}
	all, err := c.once(Run{Commands: commands})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	seen := c.target.requests()
	if len(seen) != len(commands) {
		return fmt.Sprintf("%d requests", len(seen)), fmt.Sprintf("%d, one for each command", len(commands)), nil
	}
	for i, cmd := range commands {
		if got, want := compare(&seen[i], &cmd); got != want {
			return got, want, nil
		}
		if want := strings.TrimPrefix(c.target.url(), "http://"); seen[i].host != want {
			return "Host " + excerpt(seen[i].host), "Host " + want, nil
		}
	}
	return "", "", nil
}

// compare finds the first difference between a request and its command.
func compare(r *request, cmd *Command) (got, want string) {
	pairs := [][3]string{{"method", r.method, cmd.Method}, {"path", r.uri, cmd.Path}, {"body", string(r.body), cmd.Body}}
	for name, value := range cmd.Headers {
		pairs = append(pairs, [3]string{"header " + name, strings.Join(r.header.Values(name), ", "), value})
	}
	for _, p := range pairs {
		if p[1] != p[2] {
			return p[0] + " " + excerpt(p[1]), p[0] + " " + excerpt(p[2])
		}
	}
	return "", ""
}

// checkTimes has the last byte of an answer come late.
func checkTimes(c *checker) (got, want string, err error) {
	all, err := c.once(Run{Commands: gets("/slow")})
	if err != nil || failed(all) != "" {
		return failed(all), well, err
	}
	clock, seen := c.process.clock, c.target.requests()[0]
	allow := clock.Error + time.Millisecond
	if before := clock.Time(all[0].T0); before.After(seen.began.Add(allow)) {
		return fmt.Sprintf("t0 is %v after the request was here", before.Sub(seen.began)), "t0 before it is sent", nil
	}
	if after := clock.Time(all[0].T1); after.Before(seen.ended.Add(-allow)) {
		return fmt.Sprintf("t1 is %v before the last byte was sent", seen.ended.Sub(after)), "t1 after the whole body", nil
	}
	return "", "", nil
}

func checkRejected(c *checker) (got, want string, err error) {
	statuses := []int{404, 503, 401, 204}
	all, err := c.once(Run{Commands: gets("/404", "/503", "/401", "/204")})
	if err != nil {
		return "", "", err
	}
	for _, r := range all {
		if want := statuses[r.Seq]; r.Status != want || r.Err != nil {
			return told(&r), fmt.Sprintf("status %d and no err", want), nil
		}
	}
	return "", "", nil
}

// told is a result, for people.
func told(r *report) string {
	if r.Err == nil {
		return fmt.Sprintf("status %d and no err", r.Status)
	}
	return fmt.Sprintf("status %d, err %s [%s]: %s", r.Status, brief(r.Err.Name, 60), brief(r.Err.Code, 60), brief(r.Err.Msg, 200))
}

func checkRedirect(c *checker) (got, want string, err error) {
	all, err := c.once(Run{Commands: gets("/moved")})
	if err != nil {
		return "", "", err
	}
	if n := len(c.target.requests()); n != 1 {
		return fmt.Sprintf("%d requests", n), "one: the harness has not asked for another", nil
	}
	if r := all[0]; r.Status != 302 || r.Err != nil {
		return told(&r), "status 302 and no err", nil
	}
	return "", "", nil
}
