package link

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

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

// shape gives r's flows the toxics that the plan has drawn for it, and t the
// means to switch them.
func (s *shaping) shape(r *relay, t *timeline) {
	if s == nil {
		return
	}
	doses := r.link.plan.Toxics(r.log.Number)
	if len(doses) == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(s.seed, uint64(r.log.Number)))
	collection := toxiproxy.NewToxicCollection(s.proxy)
	for _, d := range doses {
		f, direction := r.down, stream.Downstream
		if d.Stream == faults.Upstream {
			f, direction = r.up, stream.Upstream
		}
		if f.toxics == nil {
			f.toxics = &chain{shaping: s, collection: collection, direction: direction, fed: make(chan struct{})}
		}
		wrapper, err := collection.AddToxicJson(bytes.NewReader(s.json[d.Toxic]))
		if err != nil {
			r.link.fail(fmt.Errorf("toxic %s: %w", d.Type, err))
			continue
		}
		shaper := f.toxics.wrap(f, d, wrapper.Toxic)
		shaper.note(rng)
		wrapper.Toxic = shaper
		t.shapers = append(t.shapers, shaper)
		t.changes = t.changes || d.Window != faults.Window{}
	}
}
