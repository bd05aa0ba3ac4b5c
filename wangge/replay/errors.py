# SPDX-License-Identifier: Apache-2.0
from wangge.common.errors import BadInput, Conflict


class NoRecording(BadInput):
    code = "no_recording"
    zh = "“{pack}”没有随附的历史数据（缺少 {file}）。"
    en = "“{pack}” brings no recorded requests ({file} is missing)."


class ColumnsMissing(BadInput):
    code = "columns_missing"
    zh = "文件 {file} 缺少列：{columns}。请补齐后再回放；多余的列不会读取。"
    en = "{file} lacks the columns {columns}. Add them and try again; further columns are not read."


class UnreadableFile(BadInput):
    code = "unreadable_file"
    zh = "文件 {file} 不是可读的 CSV 或 Parquet：{detail}"
    en = "{file} cannot be read as CSV or Parquet: {detail}"


class ReplayRunning(Conflict):
    code = "replay_running"
    zh = "这套数据库里已有一个回放在进行，请等它结束或先停止它。"
    en = "A replay is already running in this database; wait for it or stop it first."


class StaffMissing(Conflict):
    code = "staff_missing"
    zh = "没有能办理这一步的人员：岗位 {post}，单位 {unit}。请在数据包中补充人员后重新载入。"
    en = "Nobody may take this step: post {post}, unit {unit}. Add people to the pack and load it again."
