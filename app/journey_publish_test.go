package main

import (
	"os"
	"path/filepath"
	"testing"

	"huotang/handlers/web/browsertest"
)

// video is a real one: H.264 with AAC, some seconds long.
const video = "demo/videos/01-tea.mp4"

// A clerk writes a course with a video, a colleague reviews it, and it goes to the schools it is for, and to no others.
func TestJourneyPublish(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 1)
		clerk := h.desk(t, c.clerk)
		clerk.Open("/courses")
		clerk.Tap("新课程")
		clerk.Fill("课程名", "春茶管理")
		clerk.Fill("属于哪一项", "知识技能")
		clerk.Fill("一句话说讲什么", "采茶以前要做的三件事。")
		clerk.Fill("讲师", "茶文光")
		clerk.Tap("存好，接着加课")
		clerk.See("课程建好了")

		clerk.Tap("加一节课")
		clerk.Fill("这节课叫什么", "春茶第一锄")
		clerk.Choose("视频(传上来)")
		clerk.Fill("多少分钟", "30")
		clerk.Fill("说什么话", "本地话")
		clerk.Tap("存好")
		clerk.See("现在把视频传上来")

		fake := filepath.Join(t.TempDir(), "假视频.mp4")
		if err := os.WriteFile(fake, []byte("这不是视频，只是文字。"), 0o600); err != nil {
			t.Fatal(err)
		}
		clerk.Attach("视频文件", fake)
		clerk.Tap("传上去")
		clerk.See("这不是MP4视频。请在电脑上另存为MP4再传。")
		clerk.Attach("视频文件", absolute(t, video))
		clerk.Slow(150 << 10)
		clerk.Tap("传上去")
		clerk.See("大约还要") // progress while it goes
		clerk.See("春茶第一锄", "视频已传", "等审核")
		clerk.Slow(0)

		reviewer := h.desk(t, c.reviewer)
		reviewer.Open("/courses")
		reviewer.Tap("等我审的")
		reviewer.Tap("春茶第一锄")
		reviewer.Tap("播放")
		reviewer.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
		reviewer.Tap("同意")
		reviewer.See("审好了，可以发布了")

		clerk.Open("/courses")
		clerk.In("春茶管理").See("已审核")
		h.settled(clerk)
		h.settled(reviewer)
	})
}

func absolute(t testing.TB, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
