// A goroutine for each client. Says "port N" once it listens.
package main

import (
	"fmt"
	"net"
	"os"
)

const bufferSize = 64 * 1024

func echo(client net.Conn) {
	defer client.Close()
	buffer := make([]byte, bufferSize)
	for {
		size, err := client.Read(buffer)
		if err != nil {
			return
		}
		if _, err = client.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // Go sets TCP_NODELAY itself
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("port", listener.Addr().(*net.TCPAddr).Port)
	for {
		client, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go echo(client)
	}
}
