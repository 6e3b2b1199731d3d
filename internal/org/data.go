package org

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// data is the units of Hanoi from 2016 to 2025; docs/adr/0010-units.md says where
// the facts come from and how they are written.
//
//go:embed data
var data embed.FS

// rows reads a tab-separated table whose first line names the columns.
func rows(r io.Reader, columns ...string) ([][]string, error) {
	c := csv.NewReader(r)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord = '\t', true, len(columns)
	all, err := c.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no line naming the columns %q", columns)
	}
	for i, name := range columns {
		if all[0][i] != name {
			return nil, fmt.Errorf("line 1: column %d is %q, not %q", i+1, all[0][i], name)
		}
	}
	return all[1:], nil
}

// ReadUnits reads versions of units: tab-separated, columns code, name, kind, level,
// parent, from, until.
func ReadUnits(r io.Reader) ([]Unit, error) {
	all, err := rows(r, "code", "name", "kind", "level", "parent", "from", "until")
	list := make([]Unit, len(all))
	for i, c := range all {
		list[i] = Unit{Code: c[0], Name: c[1], Kind: c[2], Level: Level(c[3]), Parent: c[4], From: c[5], Until: c[6]}
	}
	return list, err
}

// ReadChanges reads successions: tab-separated, columns date, from, to, kind, share,
// main, basis, confidence.
func ReadChanges(r io.Reader) ([]Change, error) {
	all, err := rows(r, "date", "from", "to", "kind", "share", "main", "basis", "confidence")
	list := make([]Change, len(all))
	for i, c := range all {
		list[i] = Change{Date: c[0], From: c[1], To: c[2], Kind: c[3], Share: c[4], Main: c[5], Basis: c[6], Confidence: c[7]}
	}
	return list, err
}

func builtIn[T any](name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := data.Open("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("org: %w", err)
	}
	list, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("org: %s: %w", name, err)
	}
	return list, f.Close()
}

type planned struct {
	phase int
	tile  Tile
}

var plan198 = sync.OnceValues(func() ([]planned, error) {
	return builtIn("plan198.tsv", func(r io.Reader) ([]planned, error) {
		all, err := rows(r, "code", "phase", "x", "y")
		list := make([]planned, len(all))
		for i, c := range all {
			var bad [3]error
			list[i].tile.Code = c[0]
			list[i].phase, bad[0] = strconv.Atoi(c[1])
			list[i].tile.X, bad[1] = strconv.Atoi(c[2])
			list[i].tile.Y, bad[2] = strconv.Atoi(c[3])
			for _, b := range bad {
				if b != nil {
					return nil, b
				}
			}
		}
		return list, err
	})
})

// Tiles are the places of the 584 communes of 2016 in the schematic map: a grid of
// 44 columns and 46 rows in which each district is a block.
func Tiles() ([]Tile, error) {
	plan, err := plan198()
	tiles := make([]Tile, len(plan))
	for i, p := range plan {
		tiles[i] = p.tile
	}
	return tiles, err
}

// Plan198 is the phase of each commune in the plan of 26 October 2016, by code: 0 for
// the inner wards that were live already, 1 for the 139, 2 for the 277.
func Plan198() (map[string]int, error) {
	plan, err := plan198()
	phases := make(map[string]int, len(plan))
	for _, p := range plan {
		phases[p.tile.Code] = p.phase
	}
	return phases, err
}
