package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// A garden has a field of each kind that the decoder knows.
type garden struct {
	Name    string         `yaml:"name"`
	Trees   int            `yaml:"trees" min:"1" max:"9"`
	Acres   float64        `yaml:"acres" min:"0.5"`
	Open    bool           `yaml:"open"`
	Rest    time.Duration  `yaml:"rest" min:"0" max:"1h"`
	Soil    soil           `yaml:"soil"`
	Colour  colour         `yaml:"colour"`
	Accent  *colour        `yaml:"accent"`
	Ages    []int          `yaml:"ages" min:"1"`
	Beds    []bed          `yaml:"beds"`
	Prices  map[string]int `yaml:"prices" max:"99"`
	Shed    *bed           `yaml:"shed"`
	Later   *yaml.Node     `yaml:"later"`
	Ordered []entry        `yaml:"ordered"`
	fence   `yaml:",inline"`
	Secret  string `yaml:"-"`
}

type bed struct {
	Plant string `yaml:"plant"`
}

type fence struct {
	Height int `yaml:"height"`
}

type soil string

func (soil) Names() []string { return []string{"clay", "sand"} }

// A colour reads its own notation.
type colour struct{ hex string }

func (c *colour) UnmarshalText(text []byte) error {
	if !strings.HasPrefix(string(text), "0x") {
		return errors.New("want a colour, as in 0xfff")
	}
	c.hex = string(text)[2:]
	return nil
}

func decodeGarden(t *testing.T, text string) (g garden, problems string) {
	t.Helper()
	s := source{file: "g", lines: strings.Split(text, "\n")}
	root, broken := s.tree([]byte(text))
	if broken != nil {
		t.Fatal(broken)
	}
	d := newDecoder(s)
	if !d.decode(root, &g, "the garden") {
		problems = join(d.errs, d.stopped).Error()
	}
	return g, problems
}

func TestEveryKindOfFieldIsDecoded(t *testing.T) {
	got, problems := decodeGarden(t, `
name: 2026-01-01
trees: 9
acres: 1
open: True
rest: 1h
soil: sand
colour: 0xfff
accent: 0xabc
ages: [1, 2]
beds: [{plant: rose}, {}]
prices: {rose: 5, oak: -7}
shed: {plant: ivy}
later: {any: [thing]}
ordered: {z: 1, a: 2}
height: -3
`)
	later, ordered := got.Later, got.Ordered
	got.Later, got.Ordered = nil, nil
	want := garden{Name: "2026-01-01", Trees: 9, Acres: 1, Open: true, Rest: time.Hour, Soil: "sand", Colour: colour{"fff"}, Accent: &colour{"abc"},
		Ages: []int{1, 2}, Beds: []bed{{"rose"}, {}}, Prices: map[string]int{"rose": 5, "oak": -7}, Shed: &bed{"ivy"}, fence: fence{-3}}
	if problems != "" || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %s", got, problems)
	}
	if later.Kind != yaml.MappingNode || len(ordered) != 2 || ordered[0].key.Value != "z" || ordered[1].value.Value != "2" {
		t.Errorf("got %+v, %+v", later, ordered)
	}
}

func TestWhatIsNotDecodedKeepsItsValue(t *testing.T) {
	g := garden{Name: "kept", Trees: 3, Ages: []int{7, 8}, Prices: map[string]int{"kept": 1}}
	ages := g.Ages
	s := source{file: "g", lines: []string{"{trees: 0, ages: [1], prices: {new: 2}}"}}
	root, broken := s.tree([]byte(s.lines[0]))
	if broken != nil {
		t.Fatal(broken)
	}
	if newDecoder(s).decode(root, &g, "the garden") {
		t.Error("0 trees were let through")
	}
	if g.Name != "kept" || g.Trees != 3 || fmt.Sprint(g.Ages, ages, g.Prices) != "[1] [7 8] map[new:2]" {
		t.Errorf("got %+v, and %v", g, ages)
	}
}

func TestEveryKindOfFieldIsChecked(t *testing.T) {
	_, problems := decodeGarden(t, `
name: true
trees: 10
acres: 0.1
open: yes
rest: 2h
soil: loam
colour: red
accent: [0xfff]
ages: [0, x]
beds: [{plat: rose}, rose]
prices: {rose: 100, oak: none, rose: 3}
shed: ivy
ordered: [z]
heigth: 3
Secret: x
`)
	want := `g:2:7: name: want text, not "true"
g:3:8: trees is 10, want 1 to 9
g:4:8: acres is 0.1, want at least 0.5
g:5:7: open: want true or false, not "yes"
g:6:7: rest is 2h, want 0 to 1h
g:7:7: unknown soil "loam"; known: clay, sand
g:8:9: colour: want a colour, as in 0xfff
g:9:9: accent: want a colour, not a list
g:10:8: ages is 0, want at least 1
g:10:11: ages: want a whole number, not "x"
g:11:9: unknown key "plat"; did you mean "plant"?
g:11:22: beds: want a mapping, not "rose"
g:12:16: prices.rose is 100, want at most 99
g:12:26: prices.oak: want a whole number, not "none"
g:12:32: "rose" is here twice; the first stands in line 12
g:13:7: shed: want a mapping, not "ivy"
g:14:10: ordered: want a mapping, not a list
g:15:1: unknown key "heigth"; did you mean "height"?
g:16:1: unknown key "Secret"; known: name, trees, acres, open, rest, soil, colour, accent, ages, beds, prices, shed, later, ordered, height`
	if problems != want {
		t.Errorf("got\n%s\nwant\n%s", problems, want)
	}
}
