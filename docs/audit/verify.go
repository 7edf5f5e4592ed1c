// An auditor's verifier in Go: the tree and the notes are golang.org/x/mod/sumdb, not ours.
//
//	verify DIR VKEY [OLD]      judge an export: signature, every entry, root, tiles, receipts
//	verify receipt FILE VKEY   judge one receipt; its entry stands in its extra line
//	verify vectors             print the test vectors of tests/vectors/tlog.json
//
// Debian: apt-get install golang-go golang-golang-x-mod-dev
// Build:  GO111MODULE=off GOPATH=/usr/share/gocode go build -o verify docs/audit/verify.go
//
// The root is rebuilt from the entries with StoredHashesForRecordHash and TreeHash. The
// library's TileHashReader is not used: it leaves some tiles unchecked (CVE-2026-56865).
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
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

const height = 8
const width = 1 << height

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) == 1 && args[0] == "vectors":
		err = vectors()
	case len(args) == 3 && args[0] == "receipt":
		err = receipt(args[1], args[2])
	case len(args) == 2 || len(args) == 3:
		err = export(args[0], args[1], args[2:])
	default:
		err = fmt.Errorf("usage: verify DIR VKEY [OLD] | verify receipt FILE VKEY | verify vectors")
	}
	if err != nil {
		fmt.Println("BAD:", err)
		os.Exit(1)
	}
}

// head is a checkpoint whose signature was checked.
type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

func openCheckpoint(text []byte, vkey string) (head, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return head{}, fmt.Errorf("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return head{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return head{}, err
	}
	if lines[0] != verifier.Name() {
		return head{}, fmt.Errorf("the checkpoint is of %s, the key of %s", lines[0], verifier.Name())
	}
	return head{lines[0], size, root}, nil
}

// path is where a tile lies; the library writes its height, C2SP does not.
func path(level string, n int64, w int) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	if w != width {
		text += ".p/" + strconv.Itoa(w)
	}
	return filepath.Join("tile", level, text)
}

func readEntries(dir string, n int64, w int) ([][]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, path("entries", n, w)))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d ends amid an entry", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries, nil
}

// stored is every hash of the tree, in the library's order; it was computed here.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		out[i] = s[index]
	}
	return out, nil
}

func (s *stored) add(n int64, entry []byte) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(entry), *s)
	if err == nil {
		*s = append(*s, hashes...)
	}
	return err
}

func export(dir, vkey string, since []string) error {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	now, err := openCheckpoint(text, vkey)
	if err != nil {
		return fmt.Errorf("checkpoint: %v", err)
	}
	tree := make(stored, 0, 2*now.size)
	for n := int64(0); n*width < now.size; n++ {
		if err := addBundle(dir, n, now.size, &tree); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(now.size, tree)
	if err != nil {
		return err
	}
	if root != now.root {
		return fmt.Errorf("the entries give another root than the one that was signed")
	}
	fmt.Printf("OK: %d entries give the signed root %v of %s\n", now.size, root, now.origin)
	if len(since) == 0 {
		return nil
	}
	return extends(since[0], vkey, now, tree)
}

func addBundle(dir string, n, size int64, tree *stored) error {
	w := width
	if rest := size - n*width; rest < width {
		w = int(rest)
	}
	entries, err := readEntries(dir, n, w)
	if err != nil {
		return err
	}
	if len(entries) != w {
		return fmt.Errorf("bundle %d has %d entries, %d are wanted", n, len(entries), w)
	}
	var leaves []byte
	for i, entry := range entries {
		at := n*width + int64(i)
		var said struct{ Position int64 }
		if err := json.Unmarshal(entry, &said); err != nil || said.Position != at+1 {
			return fmt.Errorf("position %d: the entry there says %d", at+1, said.Position)
		}
		if err := tree.add(at, entry); err != nil {
			return err
		}
		leaf := tlog.RecordHash(entry)
		leaves = append(leaves, leaf[:]...)
	}
	tile, err := os.ReadFile(filepath.Join(dir, path("0", n, w)))
	if err == nil && !bytes.Equal(tile, leaves) {
		for i := 0; i < w; i++ {
			if !bytes.Equal(tile[i*32:i*32+32], leaves[i*32:i*32+32]) {
				return fmt.Errorf("position %d: the entry is not the one of its tile", n*width+int64(i)+1)
			}
		}
	}
	return nil
}

func extends(file, vkey string, now head, tree stored) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	old, err := openCheckpoint(text, vkey)
	if err != nil {
		return fmt.Errorf("%s: %v", file, err)
	}
	if old.size > now.size {
		return fmt.Errorf("positions %d to %d are gone: %d were signed before", now.size+1, old.size, old.size)
	}
	proof, err := tlog.ProveTree(now.size, old.size, tree)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, now.size, now.root, old.size, old.root); err != nil {
		return fmt.Errorf("history up to position %d was rewritten since %s was signed", old.size, file)
	}
	fmt.Printf("OK: extends the checkpoint of %d entries\n", old.size)
	return nil
}

func receipt(file, vkey string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	top, checkpoint, _ := strings.Cut(string(text), "\n\n")
	lines := strings.Split(top, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		return fmt.Errorf("not a receipt with its entry")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	now, err := openCheckpoint([]byte(checkpoint), vkey)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, now.size, now.root, index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("position %d is not under the checkpoint: %v", index+1, err)
	}
	fmt.Printf("OK: %s\nlies at position %d of %d\n", entry, index+1, now.size)
	return nil
}

// vectors prints what the library makes of entries "0", "1", "2" … and a fixed key.
func vectors() error {
	const size = 600
	var tree stored
	var roots []string
	for n := int64(0); n < size; n++ {
		if err := tree.add(n, []byte(strconv.FormatInt(n, 10))); err != nil {
			return err
		}
		root, err := tlog.TreeHash(n+1, tree)
		if err != nil {
			return err
		}
		roots = append(roots, hex.EncodeToString(root[:]))
	}
	out := map[string]interface{}{"about": "Made by docs/audit/verify.go: what x/mod's tlog and note make of entries \"0\" to \"599\".",
		"roots": digest(roots), "some_roots": map[string]string{
			"1": roots[0], "2": roots[1], "3": roots[2], "7": roots[6], "256": roots[255],
			"257": roots[256], "600": roots[599]}}
	inclusion := map[string][]string{}
	for _, pair := range [][2]int64{{0, 1}, {0, 2}, {2, 3}, {5, 7}, {255, 256}, {256, 257}, {300, 600}} {
		proof, err := tlog.ProveRecord(pair[1], pair[0], tree)
		if err != nil {
			return err
		}
		inclusion[fmt.Sprintf("%d in %d", pair[0], pair[1])] = texts(proof)
	}
	consistency := map[string][]string{}
	for _, pair := range [][2]int64{{1, 2}, {2, 3}, {3, 7}, {4, 7}, {256, 600}, {300, 600}, {599, 600}} {
		proof, err := tlog.ProveTree(pair[1], pair[0], tree)
		if err != nil {
			return err
		}
		consistency[fmt.Sprintf("%d to %d", pair[0], pair[1])] = texts(proof)
	}
	out["inclusion"], out["consistency"] = inclusion, consistency
	out["paths"] = map[string]string{"0": path("0", 0, width), "1234067": path("0", 1234067, width),
		"273": path("0", 273, 112), "256000": path("1", 256000, 255)}
	signed, err := signature(roots[599])
	if err != nil {
		return err
	}
	out["note"] = signed
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(out)
}

func signature(root string) (map[string]string, error) {
	const name = "0b6d8a1e-1111-4222-8333-444455556666/1"
	skey, vkey, err := note.GenerateKey(strings.NewReader(strings.Repeat("quanke test vector seed, 32 byte", 2)), name)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	bytes, _ := hex.DecodeString(root)
	text := name + "\n600\n" + base64.StdEncoding.EncodeToString(bytes) + "\n"
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	return map[string]string{"vkey": vkey, "signed": string(signed)}, err
}

func texts(proof []tlog.Hash) []string {
	out := []string{}
	for _, hash := range proof {
		out = append(out, hex.EncodeToString(hash[:]))
	}
	return out
}

func digest(texts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}
