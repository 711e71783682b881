package demo

import "huotang/models/date"

// Notice is an announcement on the public page.
type Notice struct {
	Title     string
	Body      string // paragraphs parted by an empty line
	Author    int    // index into Accounts
	Published date.Date
}

// Feedback is an opinion sent without a name, and its public answer.
type Feedback struct {
	Text       string
	Asked      date.Date
	Answer     string
	Answered   date.Date
	AnsweredBy int // index into Accounts
}

// plantPublic dates notices and feedback backwards from today, oldest first.
func (c *County) plantPublic(src *content) {
	county := c.account("county")
	for _, n := range src.notices {
		c.Notices = append(c.Notices, Notice{
			Title: n.Title, Body: n.Body, Author: county, Published: c.Today.AddDays(-n.DaysAgo),
		})
	}
	for _, f := range src.feedback {
		c.Feedback = append(c.Feedback, Feedback{
			Text: f.Text, Asked: c.Today.AddDays(-f.AskedDaysAgo),
			Answer: f.Answer, Answered: c.Today.AddDays(-f.AnsweredDaysAgo), AnsweredBy: county,
		})
	}
}
