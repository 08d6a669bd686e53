package errtext

// A Silence is a way for an answer to be cut off that a client calls a success:
// no error text tells of it.
type Silence struct {
	Client string `json:"client"` // measured, with its version
	Cut    string `json:"cut"`    // what is done to the answer
	Told   string `json:"told"`   // what the caller is told
}

// Silences lists those that were measured. The copy is the caller's.
func Silences() []Silence {
	return []Silence{
		{"curl 7.88.1", "FIN within the head", "status 200 and an empty body, exit 0"},
		{"Python 3.11.7 http.client, requests 2.34, urllib3 2.7", "FIN within the head", "status 200 and an empty body"},
		{"Java 17 HttpURLConnection", "FIN within the head", "status 200 and an empty body"},
		{"Java 17 HttpURLConnection", "FIN within a body with Content-Length", "status 200 and the part that came"},
		{"requests 2.28.1 with urllib3 1.26", "FIN within a body with Content-Length", "status 200 and the part that came"},
		{"Ruby 3.1.2 Net::HTTP", "FIN within a body with Content-Length", "status 200 and the part that came"},
	}
}
