package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
)

// IDs hands out one ID after the other, and fetches the next thousand when these are used up. It is for one goroutine.
type IDs struct {
	ranges []struct {
		First int64 `json:"first,string"`
		Count int64 `json:"count"`
	}
}

func (ids *IDs) Next() (int64, error) {
	for len(ids.ranges) > 0 && ids.ranges[0].Count == 0 {
		ids.ranges = ids.ranges[1:]
	}
	if len(ids.ranges) == 0 {
		if err := ids.fetch("http://localhost:8080/ids/1000"); err != nil {
			return 0, err
		}
	}
	run := &ids.ranges[0]
	id := run.First
	run.First, run.Count = run.First+1, run.Count-1
	return id, nil
}

func (ids *IDs) fetch(url string) error {
	request, _ := http.NewRequest("GET", url, nil)
	request.Header.Set("Accept", "application/vnd.id-ranges+json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("no IDs: %s", answer.Status)
	}
	body := struct{ Ranges any }{Ranges: &ids.ranges}
	return json.NewDecoder(answer.Body).Decode(&body)
}

func main() {
	var ids IDs
	for i := 0; i < 3; i++ {
		id, err := ids.Next()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(id)
	}
}
