package link

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/rs/zerolog"

	"rstorm/faults"
)

// The toxics that the link must know by name.
const (
	resetPeer = "reset_peer"
	limitData = "limit_data"
	latency   = "latency"
)

// shaping is what a link needs of Toxiproxy: a server and a proxy that are
// never started, and its toxics in Toxiproxy's own JSON.
type shaping struct {
	server *toxiproxy.ApiServer
	proxy  *toxiproxy.Proxy
	json   map[*faults.Toxic][]byte
	seed   uint64
}

// newShaping readies the toxics among fs, nil if there are none. It fails if
// Toxiproxy does not take one.
func newShaping(fs []faults.Fault, seed uint64) (*shaping, error) {
	s := &shaping{json: map[*faults.Toxic][]byte{}, seed: seed}
	for i, f := range fs {
		if f.Toxic != nil {
			text, err := toxicJSON(f.Toxic, strconv.Itoa(i), 1)
			if err != nil {
				return nil, err
			}
			s.json[f.Toxic] = text
		}
	}
	if len(s.json) == 0 {
		return nil, nil
	}
	// The bandwidth toxic logs through zerolog's global logger, which prints to
	// stderr and can't be replaced without a race. Its level can.
	zerolog.SetGlobalLevel(zerolog.Disabled)
	s.server = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	s.proxy = toxiproxy.NewProxy(s.server, "link", "", "")
	trial := toxiproxy.NewToxicCollection(s.proxy)
	for t, text := range s.json {
		if _, err := trial.AddToxicJson(bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("toxic %s: %w", t.Type, err)
		}
	}
	return s, nil
}

// toxicJSON writes t as Toxiproxy reads it.
func toxicJSON(t *faults.Toxic, name string, toxicity float64) ([]byte, error) {
	attributes := t.Attributes
	if attributes == nil {
		attributes = map[string]int64{}
	}
	text, err := json.Marshal(struct {
		Name       string           `json:"name"`
		Type       string           `json:"type"`
		Stream     faults.Stream    `json:"stream"`
		Toxicity   float64          `json:"toxicity"`
		Attributes map[string]int64 `json:"attributes"`
	}{name, t.Type, t.Stream, toxicity, attributes})
	if err != nil {
		return nil, fmt.Errorf("toxic %s: %w", t.Type, err)
	}
	return text, nil
}

// A chain is the toxics in one direction of one connection. Each connection
// has a Toxiproxy collection of its own: no lock is shared, and which toxics
// it holds is drawn from our seed.
type chain struct {
	shaping    *shaping
	collection *toxiproxy.ToxicCollection
	direction  stream.Direction
	limit      int64 // the least limit_data; 0 if there is none

	finLag time.Duration // how long a FIN or a RST is delayed: they carry no bytes to delay
	rstLag time.Duration // the same of a RST behind a FIN

	in, out atomic.Int64 // bytes given to the first toxic, bytes had from the last
	ender   atomic.Pointer[string]
	shapers []*shaper
	running sync.WaitGroup // the shapers' pipes
}

// shape gives r's flows the toxics that the plan has drawn for it.
func (s *shaping) shape(r *relay) {
	if s == nil {
		return
	}
	toxics := r.link.plan.Toxics(r.log.Number)
	if len(toxics) == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(s.seed, uint64(r.log.Number)))
	collection := toxiproxy.NewToxicCollection(s.proxy)
	for _, t := range toxics {
		f, direction := r.down, stream.Downstream
		if t.Stream == faults.Upstream {
			f, direction = r.up, stream.Upstream
		}
		if f.toxics == nil {
			f.toxics = &chain{shaping: s, collection: collection, direction: direction}
		}
		wrapper, err := collection.AddToxicJson(bytes.NewReader(s.json[t]))
		if err != nil {
			r.link.fail(fmt.Errorf("toxic %s: %w", t.Type, err))
			continue
		}
		wrapper.Toxic = f.toxics.wrap(f, t, wrapper.Toxic)
		f.toxics.note(t, rng)
	}
}

// note takes in what c must know of t beside its bytes.
func (c *chain) note(t *faults.Toxic, rng *rand.Rand) {
	switch t.Type {
	case limitData:
		if n := t.Attributes["bytes"]; c.limit == 0 || n < c.limit {
			c.limit = n
		}
	case latency:
		jitter := time.Duration(t.Attributes["jitter"]) * time.Millisecond
		for _, lag := range []*time.Duration{&c.finLag, &c.rstLag} {
			*lag += time.Duration(t.Attributes["latency"])*time.Millisecond - jitter
			if jitter > 0 {
				*lag += time.Duration(rng.Int64N(2 * int64(jitter)))
			}
		}
	}
}

// cutBy returns the toxic that ended the flow while its source had more to
// say; empty if the source ended it. It is called when the last toxic has
// closed its output, and goes back through those that have closed theirs.
func (c *chain) cutBy() string {
	for _, s := range slices.Backward(c.shapers) {
		<-s.judged
		if toxic := c.ender.Load(); toxic != nil {
			return *toxic
		}
	}
	if c.limit > 0 && c.out.Load() >= c.limit && c.in.Load() > c.out.Load() {
		return limitData
	}
	return ""
}

// start lets Toxiproxy run the chain between f's ends.
func (c *chain) start(f *flow) {
	c.collection.StartLink(c.shaping.server, c.direction.String(), source{f}, sink{f}, c.direction)
}
