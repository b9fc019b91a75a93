// Checks a log with golang.org/x/mod/sumdb, which AccessGov has no part in.
//
//	go run verify.go DIRECTORY VERIFIER-KEY EARLIER-CHECKPOINT
//
// Where the beginning was pruned (the file minimum-index), it checks what is left and that an entry says so, and says
// "verified N entries from M on".
// Says "verified N entries" when the signature of the log's checkpoint is the key's, the log begins with the earlier checkpoint,
// and every entry is the one that the tree says; else what is wrong, with status 1.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	first, count, err := verify(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if first > 0 {
		fmt.Printf("verified %d entries from %d on\n", count, first)
		return
	}
	fmt.Printf("verified %d entries\n", count)
}

func verify(directory, key, earlier string) (int64, int64, error) {
	tree, err := open(filepath.Join(directory, "checkpoint"), key)
	if err != nil {
		return 0, 0, err
	}
	before, err := open(earlier, key)
	if err != nil {
		return 0, 0, err
	}
	hashes := tlog.TileHashReader(tree, files{directory})
	consistency, err := tlog.ProveTree(tree.N, before.N, hashes)
	if err != nil {
		return 0, 0, err
	}
	if err := tlog.CheckTree(consistency, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return 0, 0, err
	}
	first, err := minimum(directory, tree.N)
	if err != nil {
		return 0, 0, err
	}
	claim := pruned{said: first == 0}
	if first > 0 {
		root, err := tlog.TreeHash(first, hashes)
		if err != nil {
			return 0, 0, err
		}
		claim.minimum, claim.root = first, hex.EncodeToString(root[:])
	}
	for index := first; index < tree.N; {
		entries, err := bundle(directory, index/256, tree.N)
		if err != nil {
			return 0, 0, err
		}
		places := make([]int64, len(entries))
		for i := range places {
			places[i] = tlog.StoredHashIndex(0, index+int64(i))
		}
		stored, err := hashes.ReadHashes(places)
		if err != nil {
			return 0, 0, err
		}
		for _, entry := range entries {
			if tlog.RecordHash(entry) != stored[index%256] {
				return 0, 0, fmt.Errorf("entry %d is not the one in the tree", index)
			}
			claim.look(entry, index)
			index++
		}
	}
	if !claim.said {
		return 0, 0, fmt.Errorf("no entry of kind trail.pruned says that what was before %d was removed", first)
	}
	return first, tree.N - first, nil
}

// pruned is what an entry must say when the beginning is gone: where the rest begins, what its first entry names as the one before, and
// the hash of the tree over all that is gone, which the hashes that are left give.
type pruned struct {
	minimum    int64
	prev, root string
	said       bool
}

func (p *pruned) look(entry []byte, index int64) {
	if p.said || (index != p.minimum && !bytes.Contains(entry, []byte("trail.pruned"))) {
		return
	}
	var leaf struct {
		Svc, Kind, Prev string
		Pruned          struct {
			Minimum    int64
			Prev, Root string
		}
	}
	if json.Unmarshal(entry, &leaf) != nil {
		return
	}
	if index == p.minimum {
		p.prev = leaf.Prev
	}
	p.said = leaf.Svc == "audit" && leaf.Kind == "trail.pruned" && leaf.Pruned.Minimum == p.minimum && p.prev != "" &&
		leaf.Pruned.Prev == p.prev && leaf.Pruned.Root == p.root
}

// minimum reads which entry is the first that there is: a multiple of 256, where the beginning was pruned.
func minimum(directory string, size int64) (int64, error) {
	text, err := os.ReadFile(filepath.Join(directory, "minimum-index"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	first, err := strconv.ParseInt(strings.TrimSuffix(string(text), "\n"), 10, 64)
	if err != nil || first < 0 || first%256 != 0 || first >= size {
		return 0, fmt.Errorf("minimum-index does not name a bundle of the tree")
	}
	return first, nil
}

// open reads a checkpoint whose signature is the key's.
func open(path, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// bundle reads the entries of a bundle in a log of this size.
func bundle(directory string, index, size int64) ([][]byte, error) {
	width := size - index*256
	if width > 256 {
		width = 256
	}
	path := tlog.Tile{H: 8, L: -1, N: index, W: int(width)}.Path()
	data, err := os.ReadFile(filepath.Join(directory, strings.Replace(path, "tile/8/data/", "tile/entries/", 1)))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		length := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:length])
		data = data[length:]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("bundle %d has %d entries, not %d", index, len(entries), width)
	}
	return entries, nil
}

// files are the tiles of a log in a directory.
type files struct{ directory string }

func (f files) Height() int { return 8 }

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.directory, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
