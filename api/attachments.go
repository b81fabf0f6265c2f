package api

import (
	"context"
	"io"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Attachments takes files in and gives them out, as far as the viewer may reach the object that they belong to. The routes
// of a further type of object are two lines in routes.go; who may is decided where the service is made.
type Attachments interface {
	// Add looks at the file, which is the caller's, and keeps it. One that may not be attached is CodeUnsupported.
	Add(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref, name string, public bool, file *os.File) (jiqiao.Attachment, error)
	List(ctx context.Context, v jiqiao.Viewer, object jiqiao.Ref) ([]jiqiao.Attachment, error)
	// Open describes the file and gives what writes its content. One that the viewer may not read is CodeNotFound.
	Open(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Attachment, func(io.Writer) error, error)
	// Remove deletes the file; Restore brings it back within jiqiao.AttachmentUndo, after which it is CodeNotFound.
	Remove(ctx context.Context, v jiqiao.Viewer, id string) error
	Restore(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Attachment, error)
}

// attachmentList is what is attached to one object.
type attachmentList struct {
	Items []jiqiao.Attachment `json:"items"`
}

func (s *Server) addAttachment(objectType string) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		public := q.flag("public")
		if err := q.err(); err != nil {
			return err
		}
		name, file, err := s.receiveUpTo(c, jiqiao.MaxAttachment)
		if err != nil {
			return err
		}
		defer discard(file)
		a, err := s.opts.Attachments.Add(c.Request.Context(), viewer(c), jiqiao.Ref{Type: objectType, ID: c.Param("id")}, name, public, file)
		if err != nil {
			return err
		}
		c.Header("Location", prefix+"/attachments/"+a.ID)
		return send(c, http.StatusCreated, a)
	}
}

func (s *Server) listAttachments(objectType string) handler {
	return func(c *gin.Context) error {
		found, err := s.opts.Attachments.List(c.Request.Context(), viewer(c), jiqiao.Ref{Type: objectType, ID: c.Param("id")})
		if err != nil {
			return err
		}
		return answer(c, attachmentList{found})
	}
}

// getAttachment sends the file to be saved, never to be shown: what is in it is not ours.
func (s *Server) getAttachment(c *gin.Context) error {
	ctx := c.Request.Context()
	a, write, err := s.opts.Attachments.Open(ctx, viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	if !a.Public {
		err := s.opts.Audit(ctx, jiqiao.Act{Name: "attachment.read", Object: a.Object, After: map[string]any{"id": a.ID}})
		if err != nil {
			return err
		}
	}
	c.Header("ETag", `"`+a.SHA256+`"`)
	c.Header("Cache-Control", "private, no-cache")
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.sendFileAs(c, a.Type.MIME(), a.Name, write)
}

func (s *Server) removeAttachment(c *gin.Context) error {
	if err := s.opts.Attachments.Remove(c.Request.Context(), viewer(c), c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) restoreAttachment(c *gin.Context) error {
	a, err := s.opts.Attachments.Restore(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, a)
}
