# Completion of burgerpanel and burgerpanel-collector in bash. What may follow the programs say themselves, by their
# verb `complete`, so it is that of the version which is there; names of files and folders are the shell's own.

_burgerpanel() {
    local line
    COMPREPLY=()
    while IFS=$'\t' read -r line _; do
        case $line in
        :file | :folder)
            compopt -o filenames
            if [ "$line" = :file ]; then line=-f; else line=-d; fi
            mapfile -t COMPREPLY < <(compgen "$line" -- "$2")
            ;;
        *) COMPREPLY+=("$line") ;;
        esac
    done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _burgerpanel burgerpanel burgerpanel-collector
