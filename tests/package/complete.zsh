# Types a command into an interactive zsh, completes it with Tab, and prints the line as zsh has it then. walk.sh looks at it.
zmodload zsh/zpty
line=$(mktemp)
zpty shell zsh -f -i
zpty -w shell "fpath=(/usr/share/zsh/vendor-completions \$fpath); autoload -U compinit; compinit -u -d $line.dump
tell() { print -r -- \$BUFFER >$line; BUFFER= }; zle -N tell; bindkey '^T' tell"
zpty -w -n shell $'agent --serve --polic\tadap\t\C-t'
for ((turn = 0; turn < 150; ++turn)); do
  if [[ -s $line ]]; then break; fi
  zpty -r -t shell screen
  sleep 0.2
done
cat $line
zpty -d shell
rm -f $line $line.dump
