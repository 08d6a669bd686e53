//go:build unix

package adapter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is an adapter where the first argument names one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if change, ok := lives[os.Args[1]]; ok {
			newScript(change).live()
			os.Exit(0)
		}
	}
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // else each adapter ends a second later
	}
	goleak.VerifyTestMain(m)
}

// as is the command that is the adapter of that name.
func as(name string) []string { return []string{os.Args[0], name} }

// A script is an adapter that answers everything at once. It keeps the protocol
// but for what is changed.
type script struct {
	in    *bufio.Reader
	out   *bufio.Writer
	hello func()
	init  func()
	sync  func(id int)
	run   func(r Run)
	eof   func()
	end   string // of every line
	line  []byte // that came last
}

func newScript(change func(*script)) *script {
	s := &script{in: bufio.NewReaderSize(os.Stdin, 64<<10), out: bufio.NewWriterSize(os.Stdout, 64<<10), end: "\n"}
	s.hello = func() { s.greet(Version, "null") }
	s.init = func() { s.say(Ready{"ready"}) }
	s.sync = func(id int) { s.say(Sync{"sync", id, now()}) }
	s.run = func(r Run) { s.results(r); s.done(r.ID) }
	s.eof = func() {}
	if change != nil {
		change(s)
	}
	return s
}

// born is the zero of the adapter's clock.
var born = time.Now()

func now() int64 { return int64(time.Since(born)) + 1 }

func (s *script) live() {
	s.hello()
	for {
		line, err := s.in.ReadBytes('\n')
		if err != nil {
			s.eof()
			return
		}
		s.line = line
		var m struct {
			Type string `json:"type"`
			ID   int    `json:"id"`
		}
		if err := json.Unmarshal(line, &m); err != nil {
			panic(err)
		}
		switch m.Type {
		case "init":
			s.init()
		case "sync":
			s.sync(m.ID)
		case "run":
			var r Run
			if err := json.Unmarshal(line, &r); err != nil {
				panic(err)
			}
			s.run(r)
		default:
			s.say(Refusal{"error", "unknown type " + m.Type})
		}
	}
}

func (s *script) greet(version int, profiles ...string) {
	s.say(Hello{"hello", version, "script", "none", "go", []string{CapBatch, CapStream}, profiles})
}

// say writes a message and flushes it.
func (s *script) say(v any) {
	s.put(v)
	s.out.Flush()
}

func (s *script) put(v any) {
	line, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	s.out.Write(line)
	s.out.WriteString(s.end)
}

// raw writes text as it is.
func (s *script) raw(text string) {
	s.out.WriteString(text)
	s.out.Flush()
}

func (s *script) done(run int) { s.say(Done{"done", run}) }

func result(r Run, seq int) Result {
	t0 := now()
	return Result{Type: "res", Run: r.ID, Seq: seq, T0: t0, T1: now(), Status: 200}
}

func (s *script) results(r Run) {
	for _, c := range r.Commands {
		s.put(result(r, c.Seq))
		if r.Report == "stream" {
			s.out.Flush()
		}
	}
	s.out.Flush()
}

func hang() {
	for {
		time.Sleep(time.Hour) // a select would be found out as a deadlock
	}
}

// spawn starts another life of this program, which has all that this has.
func (s *script) spawn(name string, attr *syscall.SysProcAttr) {
	child := exec.Command(os.Args[0], name)
	child.Stdin, child.Stdout, child.Stderr, child.SysProcAttr = os.Stdin, os.Stdout, os.Stderr, attr
	if err := child.Start(); err != nil {
		panic(err)
	}
	go child.Wait()
}

// spoil is a run whose only result is changed.
func spoil(change func(*Result)) func(*script) {
	return func(s *script) {
		s.run = func(r Run) {
			for _, c := range r.Commands {
				res := result(r, c.Seq)
				change(&res)
				s.put(res)
			}
			s.done(r.ID)
		}
	}
}

// crude is a run that is answered with a text.
func crude(format string) func(*script) {
	return func(s *script) {
		s.run = func(r Run) { s.raw(strings.ReplaceAll(format, "RUN", fmt.Sprint(r.ID))); s.done(r.ID) }
	}
}

// lives are all the adapters that the test binary can be.
var lives = map[string]func(*script){
	"honest": nil,

	"as many as it is told": lanes(func(r Run) int { return max(1, r.Concurrency) }),
	"all at once":           lanes(func(r Run) int { return len(r.Commands) }),
	"one too many":          lanes(func(r Run) int { return r.Concurrency + 1 }),
	"one after the other":   lanes(func(Run) int { return 1 }),

	"crlf": func(s *script) { s.end = "\r\n" },
	"mark": func(s *script) { s.hello = func() { s.raw(mark); s.greet(Version, "null") } },
	"floating point": func(s *script) {
		s.sync = func(id int) { s.raw(fmt.Sprintf("{\"type\":\"sync\",\"id\":%d.0,\"t\":%d.25}\n", id, now())) }
		s.run = func(r Run) {
			for _, c := range r.Commands {
				t := float64(now())
				s.raw(fmt.Sprintf("{\"type\":\"res\",\"run\":%.1f,\"seq\":%.1f,\"t0\":%E,\"t1\":%E,\"status\":2e2,\"bytes\":0.0}\n", float64(r.ID), float64(c.Seq), t, t))
			}
			s.done(r.ID)
		}
	},
	"sync without id": func(s *script) { s.sync = func(int) { s.raw(fmt.Sprintf("{\"type\":\"sync\",\"t\":%d}\n", now())) } },

	"mute at hello":     func(s *script) { s.hello = hang },
	"exits at hello":    func(s *script) { s.hello = func() { os.Exit(3) } },
	"says why it exits": func(s *script) { s.hello = func() { fmt.Fprintln(os.Stderr, "no module axios"); os.Exit(1) } },
	"protocol 2":        func(s *script) { s.hello = func() { s.greet(2, "a") } },
	"protocol missing":  func(s *script) { s.hello = func() { s.raw(`{"type":"hello","profiles":["a"]}` + "\n") } },
	"no profiles":       func(s *script) { s.hello = func() { s.greet(1) } },
	"half a hello":      func(s *script) { s.hello = func() { s.raw(`{"type":"hello","proto`); os.Exit(0) } },
	"no JSON":           func(s *script) { s.hello = func() { s.raw("{hello}\n") } },
	"an array for text": func(s *script) { s.hello = func() { s.raw(`{"type":"hello","protocol":1,"name":[]}` + "\n") } },
	"no UTF-8":          func(s *script) { s.hello = func() { s.raw("{\"type\":\"hello\",\"protocol\":1,\"name\":\"\xff\"}\n") } },
	"no type":           func(s *script) { s.hello = func() { s.raw("{}\n") } },
	"2 MiB in a line": func(s *script) {
		s.hello = func() { s.raw(`{"type":"hello","name":"` + strings.Repeat("a", 2<<20) + "\"}\n") }
	},
	"2 MiB without end":  func(s *script) { s.hello = func() { s.raw(`{"` + strings.Repeat("a", 2<<20)); hang() } },
	"ready before hello": func(s *script) { s.hello = func() { s.say(Ready{"ready"}) } },
	"two hellos":         func(s *script) { s.hello = func() { s.greet(1, "a"); s.greet(1, "a") } },

	"mute at init":   func(s *script) { s.init = func() {} },
	"closes output":  func(s *script) { s.init = func() { os.Stdout.Close(); hang() } },
	"exits at init":  func(s *script) { s.init = func() { os.Exit(0) } },
	"refuses init":   func(s *script) { s.init = func() { s.say(Refusal{"error", "no such profile"}) } },
	"result at init": func(s *script) { s.init = func() { s.say(result(Run{ID: 0}, 0)) } },
	"mute at sync":   func(s *script) { s.sync = func(int) {} },
	"another sync":   func(s *script) { s.sync = func(id int) { s.say(Sync{"sync", id + 1, now()}) } },
	"sync without t": func(s *script) { s.sync = func(id int) { s.raw(fmt.Sprintf("{\"type\":\"sync\",\"id\":%d}\n", id)) } },
	"sync with a text": func(s *script) {
		s.sync = func(id int) { s.raw(fmt.Sprintf("{\"type\":\"sync\",\"id\":%d,\"t\":\"15\"}\n", id)) }
	},
	"clock runs back": func(s *script) { s.sync = func(id int) { s.say(Sync{"sync", id, 1_000_000 - int64(id)}) } },
	"absurd clock":    func(s *script) { s.sync = func(id int) { s.say(Sync{"sync", id, 1 << 62}) } },

	"done never":     func(s *script) { s.run = func(r Run) { s.results(r); hang() } },
	"mute at run":    func(s *script) { s.run = func(Run) {} },
	"exits in a run": func(s *script) { s.run = func(r Run) { s.say(result(r, 0)); os.Exit(9) } },
	"killed in a run": func(s *script) {
		s.run = func(r Run) { s.say(result(r, 0)); syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	},
	"half a result":   func(s *script) { s.run = func(r Run) { s.raw(`{"type":"res","run":0,`); os.Exit(0) } },
	"error in a run":  func(s *script) { s.run = func(r Run) { s.say(Refusal{"error", "out of memory"}) } },
	"hello in a run":  func(s *script) { s.run = func(r Run) { s.hello() } },
	"done at once":    func(s *script) { s.run = func(r Run) { s.done(r.ID) } },
	"results missing": func(s *script) { s.run = func(r Run) { s.say(result(r, 0)); s.done(r.ID) } },
	"done twice":      func(s *script) { s.run = func(r Run) { s.results(r); s.done(r.ID); s.done(r.ID) } },
	"result after done": func(s *script) {
		s.run = func(r Run) { s.results(r); s.done(r.ID); s.say(result(r, 0)) }
	},
	"answers twice":    func(s *script) { s.run = func(r Run) { s.say(result(r, 0)); s.results(r); s.done(r.ID) } },
	"unknown command":  spoil(func(r *Result) { r.Seq += 1000 }),
	"negative command": spoil(func(r *Result) { r.Seq = -1 }),
	"unknown run":      spoil(func(r *Result) { r.Run += 7 }),
	"result before run": func(s *script) {
		s.sync = func(id int) {
			s.say(Sync{"sync", id, now()})
			if id == 8 {
				s.say(result(Run{}, 0))
			}
		}
	},
	"t1 before t0":    spoil(func(r *Result) { r.T1 = r.T0 - 1 }),
	"before the run":  spoil(func(r *Result) { r.T0 -= int64(time.Hour) }),
	"after the run":   spoil(func(r *Result) { r.T1 += int64(time.Hour) }),
	"absurd times":    spoil(func(r *Result) { r.T0, r.T1 = -1<<63, 1<<63-1 }),
	"no outcome":      spoil(func(r *Result) { r.Status = 0 }),
	"status 1000":     spoil(func(r *Result) { r.Status = 1000 }),
	"status -200":     spoil(func(r *Result) { r.Status = -200 }),
	"negative bytes":  spoil(func(r *Result) { n := int64(-1); r.Bytes = &n }),
	"absurd bytes":    spoil(func(r *Result) { n := int64(1 << 62); r.Bytes = &n }),
	"no digest":       spoil(func(r *Result) { r.SHA256 = "cafe" }),
	"an empty err":    spoil(func(r *Result) { r.Err = &Error{} }),
	"overflow":        crude(`{"type":"res","run":RUN,"seq":0,"t0":99999999999999999999,"t1":0,"status":200}` + "\n"),
	"result lacks t0": crude(`{"type":"res","run":RUN,"seq":0,"t1":5,"status":200}` + "\n"),
	"done of none":    crude(`{"type":"done"}` + "\n"),

	"unknown types and fields": func(s *script) {
		s.init = func() { s.raw(`{"type":"log","level":3}` + "\n" + `{"type":"ready","extra":{"a":[1]}}` + "\n") }
	},
	"floods stderr": func(s *script) { s.init = func() { flood(os.Stderr, 16<<20); s.say(Ready{"ready"}) } },
	"floods stdout": func(s *script) { s.init = func() { flood(os.Stdout, 16<<20); s.say(Ready{"ready"}) } },
	"noise without end": func(s *script) {
		s.init = func() { os.Stdout.Write(bytes.Repeat([]byte("noise "), 1<<20)); hang() }
	},
	"floods at the end": func(s *script) {
		s.eof = func() {
			for {
				flood(os.Stdout, 1<<20)
				flood(os.Stderr, 1<<20)
			}
		}
	},
	"ignores end": func(s *script) { s.eof = hang },
	"says much unasked": func(s *script) {
		s.init = func() {
			s.say(Ready{"ready"})
			for {
				s.say(Ready{"ready"})
			}
		}
	},
	"never reads":       func(s *script) { s.hello = func() { s.greet(1, "a"); hang() } },
	"leaves a child":    func(s *script) { s.eof = func() { s.spawn("breeds", nil) } },
	"child holds pipes": func(s *script) { s.init = func() { s.spawn("mute at hello", nil); os.Exit(4) } },
	"child and hangs":   func(s *script) { s.init = func() { s.spawn("mute at hello", nil); hang() } },
	"child leaves group": func(s *script) {
		s.init = func() { s.spawn("waits for end", &syscall.SysProcAttr{Setsid: true}); os.Exit(4) }
	},
	"waits for end": func(s *script) { s.hello = func() {}; s.eof = func() {} },
	"breeds":        func(s *script) { s.hello = func() { s.spawn("mute at hello", nil); hang() } },
}

// flood writes lines.
func flood(to *os.File, size int) {
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	block := bytes.Repeat(line, 1000)
	for n := 0; n < size; n += len(block) {
		if _, err := to.Write(block); err != nil {
			os.Exit(5)
		}
	}
}
