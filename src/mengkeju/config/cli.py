"""The command line `mengkeju`: one table of commands, each imported only when it is called."""

import click

from mengkeju.config.boot import LazyCommand, LazyGroup, Needs, ready

COMMANDS: dict[str, LazyCommand] = {
    "init": LazyCommand("mengkeju.config.init:init", "建立或更新数据库，载入区划与词表", Needs.DJANGO),
    "serve": LazyCommand("mengkeju.kernel.commands:serve", "启动网站和后台进程"),
    "worker": LazyCommand("mengkeju.kernel.commands:worker", "只启动后台进程", Needs.DJANGO),
    "drain": LazyCommand("mengkeju.kernel.commands:drain", "把积压的后台任务做完就退出"),
    "demo": LazyCommand("mengkeju.demo.commands:demo", "演示区域：载入、运行"),
    "import": LazyCommand("mengkeju.listings.commands:import_listings", "从 CSV 或 Excel 批量导入供需信息"),
    "match": LazyCommand("mengkeju.matching.commands_site:match", "为一条需求或全部条目找匹配，打印理由"),
    "encoder": LazyCommand("mengkeju.matching.commands_site:encoder", "语义编码器：状态、把全部内容编码、清空缓存"),
    "mine-words": LazyCommand("mengkeju.matching.commands_site:mine_words", "在公开信息里找同义词和上下位词，供人判断"),
    "train": LazyCommand("mengkeju.matching.commands_train:train", "用本站的结果训练一个候选匹配模型，与现行模型比较"),
    "models": LazyCommand("mengkeju.matching.commands_train:models", "匹配模型：列出、上线、回退、导出、收下"),
    "stats": LazyCommand("mengkeju.deals.commands:stats", "统计：技术合同认定登记的项数、金额、同比与各种口径"),
    "index": LazyCommand("mengkeju.search.commands:index", "搜索索引：重建、状态"),
    "verify": LazyCommand("mengkeju.directory.commands:verify", "核验操作记录的封条链与摘要"),
    "verify-evidence": LazyCommand(
        "mengkeju.kernel.evidence.commands:verify_evidence", "核对证据单，不需要数据库", Needs.NOTHING
    ),
    "evidence-key": LazyCommand("mengkeju.kernel.commands:evidence_key", "证据单的签名密钥：查看、更换、停用"),
    "person": LazyCommand("mengkeju.directory.commands:person", "导出或删除一个人的个人信息"),
    "reference": LazyCommand("mengkeju.directory.commands:reference", "载入区划与词表"),
    "docs": LazyCommand("mengkeju.config.docs:docs", "由代码生成的文件：写出或比对", Needs.DJANGO),
    "predict": LazyCommand("mengkeju.matching.commands:predict", "给供需对打分（评测格式）", Needs.NOTHING),
    "evaluate": LazyCommand("mengkeju.matching.commands:evaluate", "在标注数据上交叉验证", Needs.NOTHING),
    "fit-cold": LazyCommand("mengkeju.matching.commands:fit_cold", "重新拟合随附的冷启动系数", Needs.NOTHING),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
@click.version_option(package_name="mengkeju")
def main() -> None:
    """蒙科聚：技术需求、科技成果、匹配、意向，一条记录走到底。"""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django 自带的管理命令，如 mengkeju manage check。"""
    from django.core.management import execute_from_command_line

    ready()
    execute_from_command_line(["mengkeju manage", *arguments])
