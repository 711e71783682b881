#!/bin/sh
# Makes the files beside it, with ffmpeg 5.1. They are committed: run it only to change them.
set -eu
cd "$(dirname "$0")"

picture='-f lavfi -i testsrc2=s=96x64:r=10:d=0.8'
sound='-f lavfi -i sine=frequency=330:duration=0.8'
h264='-c:v libx264 -profile:v main -pix_fmt yuv420p -crf 42 -g 4 -bf 1'
aac='-c:a aac -ac 1 -b:a 16k'
ff() { ffmpeg -hide_banner -loglevel error -nostdin -y -bitexact "$@"; }

# shellcheck disable=SC2086
{
ff $picture $sound $h264 $aac plain.mp4
ff $picture $sound $h264 $aac -movflags +faststart front.mp4
ff $picture $h264 silent.mp4
ff -i plain.mp4 -c copy -metadata:s:v:0 rotate=90 -f mov phone.mov
ff $picture $sound $h264 $aac -movflags +frag_keyframe+empty_moov fragmented.mp4
ff $picture -c:v libx265 -x265-params log-level=none -crf 42 -tag:v hvc1 hevc.mp4
ff $picture -c:v libx264 -profile:v high10 -pix_fmt yuv420p10le -crf 42 tenbit.mp4
ff $picture -c:v libvpx-vp9 -crf 60 -b:v 0 vp9.mp4
ff $picture $sound $h264 -c:a libmp3lame -b:a 32k -ac 1 mp3.mp4
ff $sound $aac -f mp4 sound.mp4
key=00112233445566778899aabbccddeeff # of a public test file
ff $picture $sound $h264 $aac -encryption_scheme cenc-aes-ctr -encryption_key $key -encryption_kid $key encrypted.mp4
}
printf '这不是视频,只是一段文字。\nThis is a text, not a video.\n' >text.mp4
