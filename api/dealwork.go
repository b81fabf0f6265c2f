package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// taskInput is the body of POST and PUT of a deal's tasks.
type taskInput struct {
	Title    string      `json:"title"`
	Due      jiqiao.Date `json:"due"`
	Assignee string      `json:"assignee"`
	Done     bool        `json:"done"`
}

// task reads a task of the path's deal, which the viewer handles.
func (s *Server) task(c *gin.Context) (jiqiao.DealTask, bool, error) {
	var in taskInput
	if err := decode(c, &in); err != nil {
		return jiqiao.DealTask{}, false, err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return jiqiao.DealTask{}, false, err
	}
	task := jiqiao.DealTask{ID: c.Param("task"), DealID: d.ID, Title: in.Title, Due: in.Due, Assignee: in.Assignee}
	return task, in.Done, task.Validate()
}

func (s *Server) addDealTask(c *gin.Context) error {
	task, _, err := s.task(c)
	if err != nil {
		return err
	}
	if err := s.opts.DealWork.AddDealTask(c.Request.Context(), &task); err != nil {
		return err
	}
	return send(c, http.StatusCreated, task)
}

func (s *Server) updateDealTask(c *gin.Context) error {
	task, done, err := s.task(c)
	if err != nil {
		return err
	}
	if task, err = s.opts.DealWork.UpdateDealTask(c.Request.Context(), task, done); err != nil {
		return err
	}
	return send(c, http.StatusOK, task)
}

func (s *Server) deleteDealTask(c *gin.Context) error {
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	if err := s.opts.DealWork.DeleteDealTask(c.Request.Context(), d.ID, c.Param("task")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// noteInput is the body of POST of a deal's notes.
type noteInput struct {
	Text   string `json:"text"`
	Shared bool   `json:"shared"`
}

// addDealNote keeps a remark. A party's is always shared: it has nobody here to hide it with.
func (s *Server) addDealNote(c *gin.Context) error {
	var in noteInput
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.dealOf(c)
	if err != nil {
		return err
	}
	v := viewer(c)
	note := jiqiao.DealNote{DealID: d.ID, Author: v.User, Organisation: v.Organisation, Shared: in.Shared, Text: in.Text}
	if !v.WorksDeal(d) {
		note.Shared = true
	}
	if err := note.Validate(); err != nil {
		return err
	}
	if err := s.opts.DealWork.AddDealNote(c.Request.Context(), &note); err != nil {
		return err
	}
	return send(c, http.StatusCreated, note)
}
