package forgetest

import (
	"fmt"
	"net/http"
	"strings"
)

// StaleHead lets somebody else commit to the branch before each of the next n
// commits by the API, which then come too late.
func (s *Server) StaleHead(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale += n
}

// BotMail is the address that commits of the bot carry.
const BotMail = "41898282+github-actions[bot]@users.noreply.github.com"

// graphql knows one mutation, createCommitOnBranch, by its name and variable. It
// does not read the selection: the answer has the hash and the signature.
func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Query     string `json:"query"`
		Variables struct {
			Input struct {
				Branch struct {
					Repository string `json:"repositoryNameWithOwner"`
					Name       string `json:"branchName"`
				} `json:"branch"`
				Expected string `json:"expectedHeadOid"`
				Message  struct {
					Headline string `json:"headline"`
					Body     string `json:"body"`
				} `json:"message"`
				Changes struct {
					Additions []struct {
						Path     string  `json:"path"`
						Contents *[]byte `json:"contents"`
					} `json:"additions"`
					Deletions []struct {
						Path string `json:"path"`
					} `json:"deletions"`
				} `json:"fileChanges"`
			} `json:"input"`
		} `json:"variables"`
	}
	if err := decode(r, &in); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON: "+err.Error())
		return
	}
	if !strings.Contains(in.Query, "createCommitOnBranch(input: $input)") {
		s.fail(w, http.StatusNotImplemented, fmt.Errorf("forgetest simulates createCommitOnBranch alone"))
		return
	}
	input := in.Variables.Input
	if input.Branch.Repository != s.Repository {
		graphqlError(w, "NOT_FOUND", "Could not resolve to a Repository with the name '"+input.Branch.Repository+"'.")
		return
	}
	head, err := s.Head(input.Branch.Name)
	if err != nil {
		graphqlError(w, "NOT_FOUND", "No ref with the name '"+input.Branch.Name+"'.")
		return
	}
	if s.stale > 0 {
		s.stale--
		if head, err = s.commit(input.Branch.Name, head, person, person, "Come first", nil); err != nil {
			s.fail(w, http.StatusInternalServerError, err)
			return
		}
	}
	if head != input.Expected {
		graphqlError(w, "STALE_DATA", fmt.Sprintf("Expected branch to point to %q but it did not.  Pull and try again.", input.Expected))
		return
	}
	var changes []change
	for _, d := range input.Changes.Deletions {
		if _, err := s.git(nil, "cat-file", "-e", head+":"+d.Path); err != nil {
			graphqlError(w, "UNPROCESSABLE", "A path was requested for deletion which does not exist as of commit oid `"+head+"`: "+d.Path)
			return
		}
		changes = append(changes, change{path: d.Path, remove: true})
	}
	for _, a := range input.Changes.Additions {
		if a.Contents == nil {
			graphqlError(w, "argumentLiteralsIncompatible", "Variable $input has no contents for "+a.Path)
			return
		}
		changes = append(changes, change{path: a.Path, content: *a.Contents})
	}
	message := input.Message.Headline
	if input.Message.Body != "" {
		message += "\n\n" + input.Message.Body
	}
	author := fmt.Sprintf("%s <%s>", s.Bot, BotMail)
	made, err := s.commit(input.Branch.Name, head, author, "GitHub <noreply@github.com>", message, changes)
	if err != nil {
		graphqlError(w, "UNPROCESSABLE", err.Error())
		return
	}
	var signature any
	if !s.Unsigned {
		signature = map[string]any{"isValid": true, "state": "VALID"}
	}
	reply(w, http.StatusOK, map[string]any{"data": map[string]any{"createCommitOnBranch": map[string]any{
		"commit": map[string]any{"oid": made, "signature": signature},
	}}})
}

// graphqlError answers as GraphQL does: with status 200.
func graphqlError(w http.ResponseWriter, kind, message string) {
	reply(w, http.StatusOK, map[string]any{
		"data":   map[string]any{"createCommitOnBranch": nil},
		"errors": []any{map[string]any{"type": kind, "path": []string{"createCommitOnBranch"}, "message": message}},
	})
}
