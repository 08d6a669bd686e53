package clients_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"rstorm/clients"
	"rstorm/results"
)

// A transport that keeps no connection, as a strategy.
func ExamplePlug() {
	strategy := clients.Plug(func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper {
		return &http.Transport{DialContext: dial, DisableKeepAlives: true}
	})

	device := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer device.Close()
	addr := device.Listener.Addr().String()
	dialer := clients.NewDialer(func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	})
	client := strategy.Client(clients.Network{Dialer: dialer, Host: addr})
	defer client.Close()

	for seq := range uint32(3) {
		reply := client.Do(context.Background(), results.Command{ID: results.CommandID{Seq: seq}, Method: "GET", Target: "/query/state"})
		fmt.Println(reply.Outcome, reply.Status, "on connection", reply.Attempts[0].Connection)
	}
	// Output:
	// ok 200 on connection 1
	// ok 200 on connection 2
	// ok 200 on connection 3
}
